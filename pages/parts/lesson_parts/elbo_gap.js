// A world so small that everything is exact: z ~ N(0, 1), x ~ N(z, s^2), x is seen. How high can the bound be pushed?
const X = 1.6;
const ln_normal = (x, mean, variance) => -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance);
export function exact({ mu, sigma, noise }) {
  const [s2, v] = [noise * noise, sigma * sigma];
  const [mean, variance] = [X / (1 + s2), s2 / (1 + s2)];
  const reconstruction = -0.5 * Math.log(2 * Math.PI * s2) - ((X - mu) ** 2 + v) / (2 * s2);
  const kl = 0.5 * (mu * mu + v - 1 - Math.log(v));
  const gap = 0.5 * ((v + (mu - mean) ** 2) / variance - 1 - Math.log(v / variance));
  return { evidence: ln_normal(X, 0, 1 + s2), reconstruction, kl, gap, elbo: reconstruction - kl, mean, variance };
}

export default (component) => figure(component, {
  height: 330,
  sliders: { mu: [-2, 3, 0.05, -0.5, "mu"], sigma: [0.1, 1.6, 0.05, 1, "sigma"], noise: [0.3, 1.5, 0.05, 0.7, "reconstruction"] },
  draw(page, s, { words }) {
    const [w, h] = [page.right, page.bottom];
    const v = exact(s);
    const plot = page.part([-4, 4], [0, 1.5], [10, 8, w - 10, h - 112]);
    const posterior = (z) => density(z, v.mean, Math.sqrt(v.variance));
    plot.curve((z) => density(z, 0, 1), "z dashed");
    plot.area(posterior, "real");
    plot.curve(posterior, "real thin");
    plot.curve((z) => Math.min(1.49, density(z, s.mu, s.sigma)), "encoder");
    plot.axis([-4, -2, 0, 2, 4], "z");
    plot.handle("q", s.mu, Math.min(1.4, density(0, 0, s.sigma)), "encoder");
    page.add("text", { x: 12, y: 20, class: "encoder" }, "q(z|x)");
    page.add("text", { x: 12, y: 40, class: "real" }, "p(z|x)");
    page.add("text", { x: 12, y: 60, class: "z" }, "p(z)");
    const scale = page.part([-9, 0], [0, 1], [10, h - 74, w - 10, h - 20]);
    const low = Math.max(-9, v.elbo);
    scale.bar(-9, low + 9, 0.35, 0.85, "encoder soft");
    scale.bar(low, v.evidence - low, 0.35, 0.85, "kl");
    scale.line([[v.evidence, 0.2], [v.evidence, 1]], "real");
    scale.axis([-8, -6, -4, -2, 0], words.nats, 0.1);
    scale.label("ln p(x)", v.evidence, 1, "real", "middle", 0, -6);
    if (low > -8.2) scale.label("ELBO", low, 0.6, "encoder", "end", -6, 4);
    return {
      reconstruction: [fixed(v.reconstruction), "reconstruction"],
      kl: [fixed(v.kl), "kl"],
      elbo: [fixed(v.elbo), "encoder"],
      gap: [fixed(v.gap, 3), "kl"],
      evidence: [fixed(v.evidence), "real"],
    };
  },
  drag(s, px, py, name, page) {
    s.mu = clamp(page.part([-4, 4], [0, 1], [10, 8, page.right - 10, 1]).ix(px), -2, 3);
  },
});
