// Two bells are the model: drag each by its top, sideways to move it, up to make it narrow.
const points = [...normals(24, 3).map((e) => -1.4 + 0.45 * e), ...normals(24, 8).map((e) => 1.3 + 0.75 * e)];
const noise = normals(60, 21);
const peak = (sigma) => 0.5 / (sigma * Math.sqrt(2 * Math.PI));
const model = (x, s) => 0.5 * density(x, s.m1, s.s1) + 0.5 * density(x, s.m2, s.s2);
export const fit = (s) => points.reduce((sum, x) => sum + Math.log(model(x, s)), 0) / points.length;
const truth = { m1: -1.4, s1: 0.45, m2: 1.3, s2: 0.75 };

export default (component) => figure(component, {
  height: 300,
  state: { m1: -3, s1: 0.9, m2: 2.6, s2: 0.7 },
  draw(page, s, { words }) {
    const [w, h] = [page.right, page.bottom];
    const plot = page.part([-5, 5], [0, 0.62], [8, 8, w - 8, h - 78]);
    plot.area((x) => model(x, s), "generated");
    plot.curve((x) => model(x, s), "generated");
    for (const [name, m, sigma] of [["one", s.m1, s.s1], ["two", s.m2, s.s2]]) {
      plot.curve((x) => 0.5 * density(x, m, sigma), "generated thin dashed soft");
      plot.handle(name, m, peak(sigma), "generated");
    }
    plot.axis([-4, -2, 0, 2, 4], "x");
    for (const x of points) plot.add("circle", { cx: plot.sx(x), cy: h - 42, r: 4, class: "dot real soft" });
    noise.forEach((e, i) => {
      const x = i % 2 ? s.m1 + s.s1 * e : s.m2 + s.s2 * e;
      if (Math.abs(x) < 5) plot.add("circle", { cx: plot.sx(x), cy: h - 14, r: 4, class: "dot generated soft" });
    });
    page.add("text", { x: 8, y: h - 50, class: "real" }, words.data);
    page.add("text", { x: 8, y: h - 22, class: "generated" }, words.samples);
    return { fit: [fixed(fit(s)), "generated"], best: [fixed(fit(truth)), "real"] };
  },
  drag(s, px, py, name, page) {
    const plot = page.part([-5, 5], [0, 0.62], [8, 8, page.right - 8, page.bottom - 78]);
    const height = clamp(plot.iy(py), peak(2.5), peak(0.34));
    const [m, sigma] = name === "one" ? ["m1", "s1"] : ["m2", "s2"];
    s[m] = clamp(plot.ix(px), -4.5, 4.5);
    s[sigma] = 0.5 / (height * Math.sqrt(2 * Math.PI));
  },
});
