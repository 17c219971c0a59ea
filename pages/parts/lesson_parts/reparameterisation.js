// The noise on the upper line never changes; mu and sigma carry it to the lower one. Touch a sample to follow it.
const noise = normals(25, 274);
export const means = ({ mu, sigma }) => {
  const z = noise.map((e) => mu + sigma * e);
  return [z.reduce((sum, v) => sum + 2 * v, 0) / z.length, z.reduce((sum, v, i) => sum + 2 * v * noise[i], 0) / z.length];
};

export default (component) => figure(component, {
  height: 290,
  sliders: { mu: [-2.5, 2.5, 0.05, 1, "mu"], sigma: [0.05, 2, 0.05, 0.6, "sigma"] },
  state: { picked: 13 },
  draw(page, s) {
    const [w, h] = [page.right, page.bottom];
    const top = page.part([-6, 6], [0, 0.95], [8, 6, w - 8, 84]);
    const low = page.part([-6, 6], [0, 0.95], [8, h - 102, w - 8, h - 24]);
    top.area((e) => density(e, 0, 1), "z");
    low.area((z) => Math.min(0.95, density(z, s.mu, s.sigma)), "sigma");
    low.line(range(300, -6, 6).map((z) => [z, Math.min(0.95, density(z, s.mu, s.sigma))]), "sigma");
    top.axis([], "");
    low.axis([-4, -2, 0, 2, 4]);
    top.label("ε", 6, 0, "symbol z", "end", 0, -6);
    low.label("z", 6, 0, "symbol mu", "end", 0, -6);
    noise.forEach((e, i) => {
      const z = s.mu + s.sigma * e;
      const chosen = i === s.picked;
      page.add("path", { d: `M${top.sx(e)} ${top.sy(0)}C${top.sx(e)} ${h / 2} ${low.sx(z)} ${h / 2 - 30} ${low.sx(z)} ${low.sy(0)}`, class: chosen ? "line mu" : "line thin faint" });
      top.dot(e, 0, chosen ? 7 : 4, "z");
      low.dot(z, 0, chosen ? 7 : 4, "mu");
      page.handles.push({ name: i, px: top.sx(e), py: top.sy(0) }, { name: i, px: low.sx(z), py: low.sy(0) });
    });
    low.line([[s.mu, 0], [s.mu, 0.9]], "thin dashed mu");
    const e = noise[s.picked];
    const [dmu, dsigma] = means(s);
    return {
      sample: [`${fixed(s.mu)} + ${fixed(s.sigma)} · ${e < 0 ? `(${fixed(e)})` : fixed(e)} = ${fixed(s.mu + s.sigma * e)}`, "mu"],
      by_mu: ["1", "mu"],
      by_sigma: [fixed(e), "sigma"],
      mean_mu: [`${fixed(dmu)} (${fixed(2 * s.mu)})`, "mu"],
      mean_sigma: [`${fixed(dsigma)} (${fixed(2 * s.sigma)})`, "sigma"],
    };
  },
  drag(s, px, py, name) {
    s.picked = name;
  },
});
