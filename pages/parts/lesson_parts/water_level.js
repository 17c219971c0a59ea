// The linear beta-VAE, solved exactly: each factor of the data is a column, and beta s^2 is the level of the water.
export const VARIANCES = [4, 2.4, 1.3, 0.7, 0.35, 0.15];
const NOISE = 0.25; // s^2
export function solve(beta) {
  const level = beta * NOISE;
  const active = VARIANCES.filter((v) => v > level);
  return {
    level,
    active: active.length,
    nats: active.reduce((sum, v) => sum + 0.5 * Math.log(v / level), 0),
    error: VARIANCES.reduce((sum, v) => sum + Math.min(v, level), 0),
  };
}
const frame = (page) => page.part([0, VARIANCES.length], [0, 4.3], [30, 8, page.right - 8, page.bottom - 26]);

export default (component) => figure(component, {
  height: 300,
  sliders: { beta: [0.2, 18, 0.2, 1, "kl"] },
  draw(page, s, { words }) {
    const plot = frame(page);
    const { level, active, nats, error } = solve(s.beta);
    VARIANCES.forEach((v, i) => {
      plot.bar(i + 0.15, 0.7, 0, Math.min(v, level), "reconstruction soft");
      if (v > level) plot.bar(i + 0.15, 0.7, level, v, "encoder");
      plot.label(v > level ? `${fixed(0.5 * Math.log(v / level))}` : words.silent, i + 0.5, Math.max(v, level), v > level ? "encoder" : "tick", "middle", 0, -7);
      plot.label(`z${"₁₂₃₄₅₆"[i]}`, i + 0.5, 0, "tick", "middle", 0, 16);
    });
    for (const v of [0, 1, 2, 3, 4]) plot.label(v, 0, v, "tick", "end", -6, 4);
    plot.line([[0, level], [plot.x[1], level]], "kl");
    plot.handle("level", plot.x[1] - 0.06, level, "kl");
    return { active: [`${active} / ${VARIANCES.length}`, "encoder"], nats: [fixed(nats), "kl"], error: [fixed(error), "reconstruction"], level: [fixed(level), "kl"] };
  },
  drag(s, px, py, name, page) {
    s.beta = clamp(Math.round((frame(page).iy(py) / NOISE) * 5) / 5, 0.2, 18);
  },
});
