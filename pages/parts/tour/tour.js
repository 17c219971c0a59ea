// Brings the control that the tour points at into view, once for each step, and on a small screen keeps the card in
// the half in which the control is not.
let target = null, step = null;

function side() {
  if (!target?.isConnected) return;
  const { top, bottom, height } = target.getBoundingClientRect();
  const low = height > innerHeight / 2 || top + bottom < innerHeight;
  document.documentElement.dataset.tour = low ? "low" : "high";
}

export default function ({ data }) {
  const found = document.querySelector(data.target);
  if (found && step !== data.step) {
    [target, step] = [found, data.step];
    const tall = found.offsetHeight > innerHeight / 2;
    found.style.scrollMarginTop = "4.5rem"; // the header stays above it
    found.scrollIntoView({ block: tall ? "start" : "center", behavior: "smooth" });
    side();
  } // not drawn yet: the next tick of the tour asks again
  document.addEventListener("scroll", side, { capture: true, passive: true });
  return () => {
    document.removeEventListener("scroll", side, { capture: true });
    delete document.documentElement.dataset.tour;
    step = null;
  };
}
