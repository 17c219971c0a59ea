// Noise from a bell on the floor, sent up to a curve and out to the wall: where the curve is steep, samples thin out.
const noise = normals(140, 5);
export const g = (z, { stretch, bend }) => stretch * z + bend * Math.tanh(4 * z);
export const slope = (z, { stretch, bend }) => stretch + (4 * bend) / Math.cosh(4 * z) ** 2;

export default (component) => figure(component, {
  height: 330,
  sliders: { stretch: [0.2, 1.2, 0.05, 0.5, "generator"], bend: [0, 2, 0.05, 0.6, "generator"] },
  state: { picked: 0.6 },
  draw(page, s, { words }) {
    const [w, h] = [page.right, page.bottom];
    const wall = Math.max(90, w * 0.24);
    const room = page.part([-3, 3], [-4, 4], [10, 8, w - wall - 14, h - 66]);
    const floor = page.part([-3, 3], [0, 0.45], [10, h - 60, w - wall - 14, h - 18]);
    room.line([[-3, -4], [3, -4]], "axis");
    room.line([[3, -4], [3, 4]], "axis");
    floor.area((z) => density(z, 0, 1), "z");
    for (const z of noise) {
      floor.dot(z, 0.02, 3, "z soft");
      page.add("circle", { cx: w - wall - 2, cy: room.sy(g(z, s)), r: 3, class: "dot generated soft" });
    }
    const side = range(240, -3.2, 3.2).map((z) => [g(z, s), density(z, 0, 1) / slope(z, s)]);
    const reach = Math.max(...side.map(([, p]) => p), 0.5);
    const d = side.map(([x, p]) => `${(w - wall + 8 + (p / reach) * (wall - 18)).toFixed(1)} ${room.sy(x).toFixed(1)}`).join("L");
    page.add("path", { d: `M${d}`, class: "line generated" });
    room.curve((z) => g(z, s), "generator");
    const x = g(s.picked, s);
    room.line([[s.picked, -4], [s.picked, x], [3, x]], "thin dashed generated");
    room.handle("z", s.picked, x, "generator");
    page.add("text", { x: 14, y: 22, class: "generator" }, "x = G(z)");
    page.add("text", { x: 14, y: h - 44, class: "z" }, "p(z)");
    page.add("text", { x: w - 10, y: 22, class: "generated", "text-anchor": "end" }, "p(x)");
    page.add("text", { x: 14, y: h - 3, class: "tick" }, words.noise);
    return {
      z: [fixed(s.picked), "z"],
      slope: [fixed(slope(s.picked, s)), "generator"],
      density: [`${fixed(density(s.picked, 0, 1))} / ${fixed(slope(s.picked, s))} = ${fixed(density(s.picked, 0, 1) / slope(s.picked, s))}`, "generated"],
    };
  },
  drag(s, px, py, name, page) {
    const wall = Math.max(90, page.right * 0.24);
    s.picked = clamp(page.part([-3, 3], [-4, 4], [10, 8, page.right - wall - 14, 0]).ix(px), -2.6, 2.6);
  },
});
