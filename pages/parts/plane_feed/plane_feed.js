// Brings frames to the plane on the same page, and its wishes back: so the plane itself, and its script, stay put.
export default function ({ data, setTriggerValue }) {
  window.genmodelsPlane = { data, trigger: setTriggerValue };
  window.dispatchEvent(new Event("genmodels-plane"));
}
