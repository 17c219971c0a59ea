// Data turn to noise as t grows; the arrows, the slope of ln p_t, point the way back.
const START = [[-1.5, 0.25], [1.5, 0.25]];
const noise = normals(70, 51), first = normals(70, 52);
export const kept = (t) => Math.cos((Math.PI * t) / 2) ** 2; // alpha-bar: the share of the variance that is still signal
const parts = (t) => START.map(([m, s]) => [Math.sqrt(kept(t)) * m, Math.sqrt(kept(t) * s * s + 1 - kept(t))]);
const p = (x, t) => parts(t).reduce((sum, [m, s]) => sum + 0.5 * density(x, m, s), 0);
export const score = (x, t) => parts(t).reduce((sum, [m, s]) => sum + (0.5 * density(x, m, s) * (m - x)) / (s * s), 0) / p(x, t);

export default (component) => figure(component, {
  height: 300,
  sliders: { t: [0, 1, 0.01, 0.25] },
  draw(page, s) {
    const [w, h] = [page.right, page.bottom];
    const plot = page.part([-4, 4], [0, 0.9], [10, 8, w - 10, h - 84]);
    plot.area((x) => p(x, s.t), "generated");
    plot.curve((x) => p(x, s.t), "generated");
    plot.axis([-4, -2, 0, 2, 4], "x");
    const lane = page.part([-4, 4], [0, 1], [10, h - 66, w - 10, h - 6]);
    for (const x of range(17, -3.6, 3.6)) {
      const push = clamp(0.15 * score(x, Math.max(s.t, 0.02)), -0.4, 0.4);
      lane.arrow(x, 0.55, push, 0, "generator");
    }
    noise.forEach((e, i) => {
      const [m, sd] = START[i % 2];
      const x = Math.sqrt(kept(s.t)) * (m + sd * first[i]) + Math.sqrt(1 - kept(s.t)) * e;
      lane.dot(x, 0.12, 3.5, "generated soft");
    });
    return { kept: `${fixed(100 * kept(s.t), 0)} %`, noise: `${fixed(100 * (1 - kept(s.t)), 0)} %` };
  },
});
