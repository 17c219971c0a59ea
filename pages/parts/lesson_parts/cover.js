// Real and generated points, and the neighbourhoods by which precision, recall and coverage judge them.
const N = 70;
const turn = uniforms(2 * N, 9), wobble = normals(4 * N, 17);
const ring = (share, i, tight) => {
  const angle = 2 * Math.PI * turn[i] * share;
  return [1.7 * Math.cos(angle) + tight * wobble[2 * i], 1.7 * Math.sin(angle) + tight * wobble[2 * i + 1]];
};
const real = range(N).map((_, i) => ring(1, i, 0.16));
export const clouds = (s) => [real, range(N).map((_, i) => ring(s.share, N + i, s.noise))];
const square = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
const radii = (x, k) => x.map((a) => x.map((b) => square(a, b)).sort((u, v) => u - v)[k]);
export function cover(x, y) {
  const [near, wide, other] = [radii(x, 3), radii(x, 5), radii(y, 3)];
  const within = (a, set, r) => set.some((b, i) => square(a, b) < r[i]);
  return {
    precision: y.filter((b) => within(b, x, near)).length / y.length,
    recall: x.filter((a) => within(a, y, other)).length / x.length,
    coverage: x.filter((a, i) => y.some((b) => square(a, b) < wide[i])).length / x.length,
  };
}
const gaussian = (x) => {
  const m = [0, 1].map((j) => x.reduce((sum, a) => sum + a[j], 0) / x.length);
  const c = (i, j) => x.reduce((sum, a) => sum + (a[i] - m[i]) * (a[j] - m[j]), 0) / (x.length - 1);
  return { m, a: c(0, 0), b: c(0, 1), d: c(1, 1) };
};
export function frechet(x, y) {
  const [p, q] = [gaussian(x), gaussian(y)];
  const cross = p.a * q.a + 2 * p.b * q.b + p.d * q.d; // tr(C1 C2)
  const dets = Math.max(0, p.a * p.d - p.b ** 2) * Math.max(0, q.a * q.d - q.b ** 2);
  return square(p.m, q.m) + p.a + p.d + q.a + q.d - 2 * Math.sqrt(cross + 2 * Math.sqrt(dets));
}

export default (component) => figure(component, {
  height: 330,
  sliders: { share: [0.05, 1, 0.05, 0.5, "generated"], noise: [0, 1.2, 0.05, 0.15, "generated"] },
  draw(page, s) {
    const wide = (2.9 * page.right) / page.bottom;
    const plot = page.part([-wide, wide], [-2.9, 2.9], [0, 0, page.right, page.bottom]);
    const [x, y] = clouds(s);
    const near = radii(x, 3);
    const unit = plot.sx(1) - plot.sx(0);
    x.forEach((a, i) => plot.dot(...a, Math.sqrt(near[i]) * unit, "real halo"));
    for (const a of x) plot.dot(...a, 3.5, "real");
    for (const b of y) plot.dot(...b, 3.5, "generated");
    const c = cover(x, y);
    return { precision: [fixed(c.precision), "generated"], recall: [fixed(c.recall), "real"], coverage: [fixed(c.coverage), "real"], frechet: fixed(frechet(x, y), 3) };
  },
});
