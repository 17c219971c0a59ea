// Two bells a distance apart: what Jensen-Shannon and Wasserstein say about it, and which of them has a slope.
const entropy = (a, m) => (a > 0 ? a * Math.log(a / m) : 0);
// Jensen-Shannon divergence of N(0, 1) and N(d, 1) in nats; with width sigma it depends on distance / sigma alone.
export function js(d) {
  if (d > 20) return Math.LN2;
  const step = (d + 16) / 400;
  return range(401, -8, d + 8).reduce((sum, x) => {
    const [a, b] = [density(x, 0, 1), density(x, d, 1)];
    return sum + 0.5 * step * (entropy(a, (a + b) / 2) + entropy(b, (a + b) / 2));
  }, 0);
}

export default (component) => figure(component, {
  height: 330,
  sliders: { theta: [-4, 4, 0.05, 2.5, "generated"], width: [0.05, 1.5, 0.05, 0.1] },
  draw(page, s) {
    const [w, h] = [page.right, page.bottom];
    const bells = page.part([-5, 5], [0, 1.15], [10, 6, w - 10, 100]);
    const tall = density(0, 0, s.width);
    bells.area((x) => density(x, 0, s.width) / tall, "real");
    bells.area((x) => density(x, s.theta, s.width) / tall, "generated");
    bells.line(range(600, -5, 5).map((x) => [x, density(x, 0, s.width) / tall]), "real");
    bells.line(range(600, -5, 5).map((x) => [x, density(x, s.theta, s.width) / tall]), "generated");
    bells.axis([], "x");
    bells.handle("theta", s.theta, 1, "generated");
    const lower = page.part([-5, 5], [0, 4.2], [10, 118, w - 10, h - 24]);
    const upper = page.part([-5, 5], [0, 0.84], [10, 118, w - 10, h - 24]);
    lower.curve(Math.abs, "generator");
    upper.line(range(401, -5, 5).map((x) => [x, js(Math.abs(x) / s.width)]), "kl");
    lower.axis([-4, -2, 0, 2, 4], "θ");
    lower.dot(s.theta, Math.abs(s.theta), 6, "generator");
    const now = js(Math.abs(s.theta) / s.width);
    upper.dot(s.theta, now, 6, "kl");
    const sign = Math.sign(s.theta) || 1;
    const e = 0.01;
    const slope = (js((Math.abs(s.theta) + e) / s.width) - js(Math.max(0, Math.abs(s.theta) - e) / s.width)) / (2 * e);
    return { js: [`${fixed(now, 3)}`, "kl"], js_slope: [fixed(sign * slope, 3), "kl"], w: [fixed(Math.abs(s.theta)), "generator"], w_slope: [s.theta ? fixed(sign, 0) : "—", "generator"] };
  },
  drag(s, px, py, name, page) {
    s.theta = clamp(page.part([-5, 5], [0, 1], [10, 0, page.right - 10, 1]).ix(px), -4, 4);
  },
});
