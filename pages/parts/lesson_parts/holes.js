// Twelve samples, each with its small bell of codes; all bells together against the prior.
export const CENTRES = [-1, -0.85, -0.7, -0.62, 0.05, 0.15, 0.3, 0.75, 0.86, 0.94, 1.08, 1.2];
const STEP = 0.01;
const grid = range(1601, -8, 8);
const aggregate = (z, s) => CENTRES.reduce((sum, c) => sum + density(z, s.spread * c, s.sigma), 0) / CENTRES.length;
export function measures(s) {
  const kl = CENTRES.reduce((sum, c) => sum + 0.5 * ((s.spread * c) ** 2 + s.sigma ** 2 - 1 - Math.log(s.sigma ** 2)), 0) / CENTRES.length;
  let [marginal, hole] = [0, 0];
  for (const z of grid) {
    const [q, p] = [aggregate(z, s), density(z, 0, 1)];
    if (q > 1e-300) marginal += STEP * q * Math.log(q / p);
    if (q < 0.1 * p) hole += STEP * p;
  }
  return { kl, marginal, information: kl - marginal, hole };
}

export default (component) => figure(component, {
  height: 280,
  sliders: { spread: [0.1, 3, 0.05, 2, "mu"], sigma: [0.05, 1.2, 0.05, 0.15, "sigma"] },
  draw(page, s) {
    const plot = page.part([-4.5, 4.5], [0, 0.9], [10, 8, page.right - 10, page.bottom - 24]);
    const q = (z) => aggregate(z, s);
    const cut = (f) => (z) => Math.min(0.89, f(z));
    for (const c of CENTRES) {
      plot.line(range(200, ...plot.x).map((z) => [z, Math.min(0.89, density(z, s.spread * c, s.sigma) / 8)]), "encoder thin faint");
      plot.dot(s.spread * c, 0, 4, "mu");
    }
    plot.area(cut(q), "encoder");
    plot.line(range(400, ...plot.x).map((z) => [z, Math.min(0.89, q(z))]), "encoder");
    plot.curve((z) => density(z, 0, 1), "z dashed");
    plot.axis([-4, -2, 0, 2, 4], "z");
    page.add("text", { x: 12, y: 20, class: "encoder" }, "q(z)");
    page.add("text", { x: 12, y: 40, class: "z" }, "p(z)");
    const m = measures(s);
    return { hole: [`${fixed(100 * m.hole, 0)} %`, "z"], kl: [fixed(m.kl, 3), "kl"], information: [fixed(m.information, 3), "encoder"], marginal: [fixed(m.marginal, 3), "kl"] };
  },
});
