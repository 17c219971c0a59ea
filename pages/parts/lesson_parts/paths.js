// Two codes and the straight and the round way between them: how long is the code on the way?
const A = normals(256, 41), B = normals(256, 77);
const norm = (v) => Math.hypot(...v);
export const lerp = (a, b, t) => a.map((v, i) => v + t * (b[i] - v));
export function slerp(a, b, t) {
  const [na, nb] = [norm(a), norm(b)];
  const omega = Math.acos(clamp(a.reduce((sum, v, i) => sum + v * b[i], 0) / (na * nb), -1, 1));
  if (Math.sin(omega) < 1e-4) return lerp(a, b, t);
  const [p, q] = [Math.sin((1 - t) * omega) / Math.sin(omega), Math.sin(t * omega) / Math.sin(omega)];
  return a.map((v, i) => ((p * v) / na + (q * b[i]) / nb) * (na + t * (nb - na)));
}

export default (component) => figure(component, {
  height: 300,
  sliders: { power: [1, 8, 1, 6, "z"], t: [0, 1, 0.01, 0.5] },
  draw(page, s, { words }) {
    const d = 2 ** s.power;
    const [a, b] = [A.slice(0, d), B.slice(0, d)];
    const top = 1.45 * Math.sqrt(d) + 1.2;
    const plot = page.part([0, 1], [0, top], [34, 8, page.right - 12, page.bottom - 26]);
    // The middle 95 % of all lengths: quantiles of chi squared after Wilson and Hilferty (1931).
    const shell = [-1.96, 1.96].map((q) => Math.sqrt(d * Math.max(0, 1 - 2 / (9 * d) + q * Math.sqrt(2 / (9 * d))) ** 3));
    plot.bar(0, 1, ...shell, "z faint");
    plot.label(words.shell, 0.5, shell[1], "tick", "middle", 0, -6);
    plot.line(range(61).map((t) => [t, norm(lerp(a, b, t))]), "kl");
    plot.line(range(61).map((t) => [t, norm(slerp(a, b, t))]), "encoder");
    const [straight, round] = [norm(lerp(a, b, s.t)), norm(slerp(a, b, s.t))];
    plot.dot(s.t, straight, 7, "kl");
    plot.dot(s.t, round, 7, "encoder");
    plot.axis([0, 0.25, 0.5, 0.75, 1], "t");
    for (const v of [0, Math.round(top / 2), Math.round(top)]) plot.label(v, 0, v, "tick", "end", -6, 4);
    return { dimensions: [String(d), "z"], straight: [fixed(straight), "kl"], round: [fixed(round), "encoder"], typical: [`√${d} ≈ ${fixed(Math.sqrt(d))}`, "z"] };
  },
});
