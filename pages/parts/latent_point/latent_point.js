// The point z between the page and the desk: what the page says is put on the shelf, what the hand leaves is told to the
// page. A part of its own, so that the desk, which is larger, is sent once and not with every new point.
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());

export default function ({ data, setStateValue }) {
  shelf.tell = (value) => setStateValue("rest", value);
  shelf.point = data;
  shelf.dispatchEvent(new Event("point"));
  return () => (shelf.point = shelf.tell = null);
}
