// Brings frames to the plane on the same page, and its wishes back: so the plane itself, and its script, stay put.
// Where a page has several planes, each has a slot; the nameless one is the first.
export default function ({ data, setTriggerValue }) {
  window["genmodelsPlane" + data.slot] = { data, trigger: setTriggerValue };
  window.dispatchEvent(new Event("genmodels-plane"));
}
