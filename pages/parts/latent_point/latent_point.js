// The point z between the page and the desk: what the page says is put on the shelf, what the hand leaves is told to the
// page. A part of its own, so that the desk, which is larger, is sent once and not with every new point.
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());

// What the hand did takes the place of the address, as the page will write it: Streamlit's own way adds a step to the
// history for each, and the back button would have to go through all of them.
function address({ run, seed }, psi, label, z) {
  const here = new URL(location.href);
  const said = {
    run,
    seed: seed || (here.searchParams.has("seed") ? 0 : null),
    psi: psi === 1 ? null : psi,
    y: label || null,
    z: z && Array.from(z, (value) => value + 0).join("_"),
  };
  for (const [name, value] of Object.entries(said)) {
    if (value === null) here.searchParams.delete(name);
    else here.searchParams.set(name, value);
  }
  history.replaceState(history.state, "", here);
}

const PATIENCE = 3000; // milliseconds after which no answer of the page is waited for any more

export default function ({ data, setStateValue }) {
  const { decoder, z, psi, revision, label, held, named, ahead } = data;
  const point = { decoder, z, psi, revision, label };
  // One thing at a time: the page's answer to an earlier rest would find a later address, take it for another place and
  // add a step to the history. What came meanwhile is told then, the latest of it.
  shelf.tell = (value) => {
    if (shelf.told) return void (shelf.next = value);
    address(data, value.psi, value.label, value.z);
    setStateValue("rest", value);
    shelf.told = setTimeout(answered, PATIENCE);
  };
  const answered = () => {
    clearTimeout(shelf.told);
    const { next } = shelf;
    shelf.told = shelf.next = null;
    if (next?.decoder === decoder && next.revision === revision) shelf.tell?.(next);
  };
  const picture = data.picture && Uint8Array.from(atob(data.picture), (c) => c.charCodeAt(0));
  const show = (it) => {
    shelf.point = it;
    shelf.dispatchEvent(new Event("point"));
  };
  // A throw of the dice is seen at once, where the browser can decode it. Half a revision: the page's own answer, which
  // says the same, still counts.
  document.removeEventListener("click", shelf.thrown);
  shelf.thrown = (event) => {
    if (picture || shelf.point !== shown || !event.target.closest?.(`.st-key-${ahead.dice} button`)) return;
    show({ ...point, z: ahead.z, psi: ahead.psi, revision: revision + 0.5 });
  };
  document.addEventListener("click", shelf.thrown);
  const shown = { ...point, picture };
  show(shown);
  answered();
  if (!named) {
    address(data, psi, label, held ? z : null);
    setStateValue("rest", point);
  }
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (shelf.call = {});
  return () => {
    if (shelf.call !== call) return;
    document.removeEventListener("click", shelf.thrown);
    shelf.point = shelf.tell = null;
  };
}
