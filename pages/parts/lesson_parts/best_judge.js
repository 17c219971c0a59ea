// Real and generated bells, and the discriminator that is best against them: p / (p + q).
const STEP = 0.02;
const grid = range(1001, -10, 10);
const p = (x) => density(x, -0.8, 0.8);
const half = (a, m) => (a > 0 ? a * Math.log(a / m) : 0);
export const judge = (x, s) => 1 / (1 + Math.exp(Math.log(density(x, s.mu, s.sigma) + 1e-300) - Math.log(p(x) + 1e-300)));
export function js(s) {
  return grid.reduce((sum, x) => {
    const [a, b] = [p(x), density(x, s.mu, s.sigma)];
    return sum + 0.5 * STEP * (half(a, (a + b) / 2) + half(b, (a + b) / 2));
  }, 0);
}

export default (component) => figure(component, {
  height: 290,
  sliders: { mu: [-3, 3, 0.05, 1.4, "generated"], sigma: [0.3, 1.8, 0.05, 0.8, "generated"] },
  draw(page, s, { words }) {
    const [w, h] = [page.right, page.bottom];
    const plot = page.part([-4, 4], [0, 1.02], [26, 8, w - 10, h - 24]);
    const bells = page.part([-4, 4], [0, 1.35], [26, 8, w - 10, h - 24]);
    plot.line([[-4, 0.5], [4, 0.5]], "axis dashed");
    for (const v of [0, 0.5, 1]) plot.label(v === 0.5 ? "½" : v, -4, v, "tick", "end", -6, 4);
    bells.area(p, "real");
    bells.curve(p, "real");
    bells.area((x) => density(x, s.mu, s.sigma), "generated");
    bells.curve((x) => density(x, s.mu, s.sigma), "generated");
    plot.curve((x) => judge(x, s), "discriminator");
    plot.axis([-4, -2, 0, 2, 4], "x");
    bells.handle("fake", s.mu, density(0, 0, s.sigma), "generated");
    plot.label(words.judge, -3.9, 1, "discriminator", "start", 0, 14);
    const d = js(s);
    return { js: [`${fixed(d, 3)}`, "kl"], loss: [`2 ln 2 − 2 · ${fixed(d, 3)} = ${fixed(2 * Math.LN2 - 2 * d, 3)}`, "discriminator"] };
  },
  drag(s, px, py, name, page) {
    s.mu = clamp(page.part([-4, 4], [0, 1], [26, 8, page.right - 10, 0]).ix(px), -3, 3);
  },
});
