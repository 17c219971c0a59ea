// What lies behind the map, between the desk that asks for it and the page that works it out. Shows nothing.
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());

export default function ({ data, setStateValue }) {
  shelf.want = (wanted) => setStateValue("wanted", wanted);
  shelf.layer = data.layer;
  shelf.dispatchEvent(new Event("layer"));
  return () => (shelf.want = shelf.layer = null);
}
