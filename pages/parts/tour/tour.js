// Brings the control that the tour points at into view, once for each step, and on a small screen keeps the card in
// the half in which the control is not.
let wanted = null, step = null, target = null;

function side() {
  if (!target?.isConnected) return;
  const { top, bottom, height } = target.getBoundingClientRect();
  const low = height > innerHeight / 2 || top + bottom < innerHeight;
  document.documentElement.dataset.tour = low ? "low" : "high";
}

function point(data) {
  if (data !== wanted || data.step === step) return;
  target = document.querySelector(data.target);
  if (!target) return setTimeout(point, 400, data); // not drawn yet
  step = data.step;
  const tall = target.offsetHeight > innerHeight / 2;
  target.style.scrollMarginTop = "4.5rem"; // the header stays above it
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  target.scrollIntoView({ block: tall ? "start" : "center", behavior });
  side();
}

export default function ({ data }) {
  point((wanted = data));
  document.addEventListener("scroll", side, { capture: true, passive: true });
  return () => {
    document.removeEventListener("scroll", side, { capture: true });
    delete document.documentElement.dataset.tour;
    wanted = step = null;
  };
}
