// The Dirac-GAN: data at 0, a sample at theta, a judge D(x) = psi x. Each player walks down its own loss.
const sig = (t) => 1 / (1 + Math.exp(-t));
// Minus the gradients of (L_G, L_D) with respect to (theta, psi).
export const fields = {
  nonsaturating: (theta, psi) => [sig(-theta * psi) * psi, -sig(theta * psi) * theta],
  minimax: (theta, psi) => [sig(theta * psi) * psi, -sig(theta * psi) * theta],
  wasserstein: (theta, psi) => [psi, -theta],
};
const damped = (loss, gamma) => (theta, psi) => {
  const [v, w] = fields[loss](theta, psi);
  return [v, w - gamma * psi]; // R1: gamma / 2 psi^2
};
export function walk({ loss, order, rate, gamma, theta, psi }, steps = 500) {
  const field = damped(loss, gamma);
  const path = [[theta, psi]];
  for (let i = 0; i < steps && Math.hypot(theta, psi) < 50; i++) {
    const [v, w] = field(theta, psi);
    psi += rate * w;
    theta += rate * (order === "alternating" ? field(theta, psi)[0] : v); // D moves first
    path.push([theta, psi]);
  }
  return path;
}
const frame = (page) => {
  const [w, h] = [page.right, page.bottom - 8];
  const wide = (2 * (w - 16)) / (h - 8);
  return page.part([-wide, wide], [-2, 2], [8, 8, w - 8, h]);
};

export default (component) => figure(component, {
  height: 380,
  choices: { loss: ["minimax", "nonsaturating", "wasserstein"], order: ["alternating", "simultaneous"] },
  sliders: { gamma: [0, 1, 0.05, 0, "discriminator"], rate: [0.02, 0.4, 0.02, 0.1] },
  state: { theta: 1.2, psi: 0.6 },
  draw(page, s, { words }) {
    const plot = frame(page);
    const field = damped(s.loss, s.gamma);
    for (const x of range(Math.round(4.2 * plot.x[1]) | 1, -0.94 * plot.x[1], 0.94 * plot.x[1])) {
      for (const y of range(9, -1.8, 1.8)) {
        const [v, w] = field(x, y);
        const size = Math.max(0.25, Math.hypot(v, w)) / 0.3;
        plot.arrow(x, y, v / size, w / size, "faint");
      }
    }
    plot.line([[plot.x[0], 0], [plot.x[1], 0]], "axis generator");
    plot.line([[0, -2], [0, 2]], "axis discriminator");
    const path = walk(s);
    plot.line(path, "mu");
    const [theta, psi] = path[path.length - 1];
    plot.dot(0, 0, 5, "hollow real");
    plot.dot(clamp(theta, ...plot.x), clamp(psi, -2, 2), 5, "mu");
    plot.handle("start", s.theta, s.psi, "mu");
    plot.label("θ", plot.x[1], 0, "symbol generator", "end", -4, -8);
    plot.label("ψ", 0, 2, "symbol discriminator", "start", 8, 14);
    plot.label(words.goal, 0, 0, "tick", "start", 9, 17);
    const [from, to] = [Math.hypot(s.theta, s.psi), Math.hypot(theta, psi)];
    return {
      from: fixed(from),
      to: [to >= 50 ? "> 50" : fixed(to, 3), "mu"],
      verdict: to < 0.1 * from ? words.settles : to > 1.15 * from ? words.flees : words.circles,
    };
  },
  drag(s, px, py, name, page) {
    const plot = frame(page);
    s.theta = clamp(plot.ix(px), ...plot.x);
    s.psi = clamp(plot.iy(py), -2, 2);
  },
});
