// Data with two modes, a model with one: which compromise is best depends on who is asked.
const grid = range(801, -8, 8);
const STEP = 0.02;
const log_p = (x) => Math.log(0.6 * density(x, -2, 0.5) + 0.4 * density(x, 2.2, 0.4) + 1e-300);
const log_q = (x, s) => -0.5 * ((x - s.mu) / s.sigma) ** 2 - Math.log(s.sigma * Math.sqrt(2 * Math.PI));
export function divergences(s) {
  let [forward, backward, js] = [0, 0, 0];
  for (const x of grid) {
    const [a, b] = [log_p(x), log_q(x, s)];
    const [p, q] = [Math.exp(a), Math.exp(b)];
    const m = Math.log((p + q) / 2 + 1e-300);
    forward += STEP * p * (a - b);
    backward += STEP * q * (b - a);
    js += 0.5 * STEP * ((p ? p * (a - m) : 0) + (q ? q * (b - m) : 0));
  }
  return { forward, backward, js };
}
function best(which) {
  let found = { value: Infinity };
  for (const mu of range(49, -2.4, 2.4)) for (const sigma of range(45, 0.3, 2.5)) {
    const value = divergences({ mu, sigma })[which];
    if (value < found.value) found = { value, mu, sigma };
  }
  return found;
}
const go = (which) => (s) => {
  const { mu, sigma } = best(which);
  Object.assign(s, { mu, sigma });
};
const peak = (sigma) => 1 / (sigma * Math.sqrt(2 * Math.PI));
const frame = (page) => page.part([-5, 5], [0, 0.85], [10, 8, page.right - 10, page.bottom - 24]);

export default (component) => figure(component, {
  height: 280,
  state: { mu: 0.4, sigma: 1 },
  buttons: { cover: go("forward"), seek: go("backward"), middle: go("js") },
  draw(page, s) {
    const plot = frame(page);
    plot.area((x) => Math.exp(log_p(x)), "real");
    plot.curve((x) => Math.exp(log_p(x)), "real");
    plot.curve((x) => Math.exp(log_q(x, s)), "generated");
    plot.axis([-4, -2, 0, 2, 4], "x");
    plot.handle("q", s.mu, peak(s.sigma), "generated");
    const d = divergences(s);
    return { forward: [fixed(d.forward, 3), "kl"], backward: [fixed(d.backward, 3), "generator"], js: [fixed(d.js, 3), "discriminator"] };
  },
  drag(s, px, py, name, page) {
    const plot = frame(page);
    s.mu = clamp(plot.ix(px), -3.5, 3.5);
    s.sigma = 1 / (clamp(plot.iy(py), peak(2.6), peak(0.5)) * Math.sqrt(2 * Math.PI));
  },
});
