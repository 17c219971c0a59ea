// Points in the plane squeezed onto a line and put back: the smallest autoencoder there is.
const a = normals(60, 12), b = normals(60, 33);
const points = a.map((u, i) => [1.5 * u * 0.8 - 0.45 * b[i] * 0.6, 1.5 * u * 0.6 + 0.45 * b[i] * 0.8]);
const centre = [0, 1].map((j) => points.reduce((sum, p) => sum + p[j], 0) / points.length);
const centred = points.map((p) => [p[0] - centre[0], p[1] - centre[1]]);
export const error = (angle) => centred.reduce((sum, [x, y]) => sum + (x * Math.sin(angle) - y * Math.cos(angle)) ** 2, 0) / centred.length;
const total = centred.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / centred.length;
export const best = Math.min(...range(1800, 0, Math.PI).map(error));
const frame = (page) => {
  const wide = (3 * page.right) / page.bottom;
  return page.part([-wide, wide], [-3, 3], [0, 0, page.right, page.bottom]);
};

export default (component) => figure(component, {
  height: 320,
  sliders: { angle: [0, 180, 1, 125, "encoder"] },
  draw(page, s) {
    const plot = frame(page);
    const t = (s.angle * Math.PI) / 180;
    const [u, v] = [Math.cos(t), Math.sin(t)];
    plot.line([[-9 * u, -9 * v], [9 * u, 9 * v]], "encoder");
    for (const [x, y] of centred) {
      const z = x * u + y * v;
      plot.line([[x, y], [z * u, z * v]], "thin kl soft");
      plot.dot(z * u, z * v, 3.5, "reconstruction");
      plot.dot(x, y, 4, "real");
    }
    plot.handle("line", 2.6 * u, 2.6 * v, "encoder");
    return { error: [fixed(error(t), 3), "reconstruction"], best: fixed(best, 3), kept: `${fixed(100 * (1 - error(t) / total), 0)} %` };
  },
  drag(s, px, py, name, page) {
    const plot = frame(page);
    s.angle = Math.round(((Math.atan2(plot.iy(py), plot.ix(px)) * 180) / Math.PI + 360) % 180);
  },
});
