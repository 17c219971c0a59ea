// Brings the control that the tour points at into view, once for each step.
const shown = new WeakMap();

export default function ({ data, parentElement }) {
  if (shown.get(parentElement) === data.step) return;
  const target = document.querySelector(data.target);
  if (!target) return; // not drawn yet: the next tick of the tour asks again
  shown.set(parentElement, data.step);
  target.scrollIntoView({ block: "center", behavior: "smooth" });
}
