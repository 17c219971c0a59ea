// The divergence of two bells, as an area: drag either by its top, sideways to move it, up to make it narrow.
export const kl = (m, s, m2, s2) => Math.log(s2 / s) + (s * s + (m - m2) ** 2) / (2 * s2 * s2) - 0.5;
const peak = (sigma) => 1 / (sigma * Math.sqrt(2 * Math.PI));
const frame = (page) => page.part([-5, 5], [-0.35, 1], [10, 8, page.right - 10, page.bottom - 20]);

export default (component) => figure(component, {
  height: 310,
  state: { mu: 1.2, sigma: 0.6, m2: 0, s2: 1 },
  buttons: { standard: (s) => Object.assign(s, { m2: 0, s2: 1 }), same: (s) => Object.assign(s, { mu: s.m2, sigma: s.s2 }) },
  draw(page, s) {
    const plot = frame(page);
    const q = (x) => density(x, s.mu, s.sigma);
    const p = (x) => density(x, s.m2, s.s2);
    const log_ratio = (x) => Math.log(s.s2 / s.sigma) - 0.5 * ((x - s.mu) / s.sigma) ** 2 + 0.5 * ((x - s.m2) / s.s2) ** 2;
    plot.area((x) => q(x) * log_ratio(x), "kl");
    plot.curve((x) => clamp(q(x) * log_ratio(x), -0.34, 0.99), "kl thin");
    plot.curve(p, "z");
    plot.curve(q, "encoder");
    plot.axis([-4, -2, 0, 2, 4], "z", 0);
    plot.handle("p", s.m2, peak(s.s2), "z");
    plot.handle("q", s.mu, peak(s.sigma), "encoder");
    plot.label("q", s.mu, peak(s.sigma), "symbol encoder", "start", 13, 0);
    plot.label("p", s.m2, peak(s.s2), "symbol z", "end", -13, 0);
    return {
      mu: [fixed(s.mu), "mu"],
      sigma: [fixed(s.sigma), "sigma"],
      forward: [fixed(kl(s.mu, s.sigma, s.m2, s.s2), 3), "kl"],
      backward: fixed(kl(s.m2, s.s2, s.mu, s.sigma), 3),
    };
  },
  drag(s, px, py, name, page) {
    const plot = frame(page);
    const [m, sigma] = name === "p" ? ["m2", "s2"] : ["mu", "sigma"];
    s[m] = clamp(plot.ix(px), -4, 4);
    s[sigma] = 1 / (clamp(plot.iy(py), peak(2.5), peak(0.42)) * Math.sqrt(2 * Math.PI));
  },
});
