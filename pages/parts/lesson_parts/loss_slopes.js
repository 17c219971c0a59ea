// How hard each loss pushes the generator, depending on what the discriminator says of a sample. Data: see loss_slopes.py
export default (component) => {
  const { order, logits } = component.data;
  return figure(component, {
    height: 300,
    choices: { loss: order },
    sliders: { logit: [logits[0], logits[logits.length - 1], 0.1, -4, "discriminator"] },
    draw(page, s, { slopes }) {
      const [w, h] = [page.right, page.bottom];
      const plot = page.part([logits[0], logits[logits.length - 1]], [-0.05, 2.2], [26, 8, w - 10, h - 26]);
      for (const v of [0, 1, 2]) plot.label(v, plot.x[0], v, "tick", "end", -6, 4);
      for (const name of order) plot.line(slopes[name].map((v, i) => [logits[i], v]), name === s.loss ? "generator" : "faint");
      plot.axis([-6, -3, 0, 3, 6], "b", 0);
      const at = (s.logit - logits[0]) / (logits[1] - logits[0]);
      const i = clamp(Math.floor(at), 0, logits.length - 2);
      const push = slopes[s.loss][i] + (at - i) * (slopes[s.loss][i + 1] - slopes[s.loss][i]);
      plot.line([[s.logit, 0], [s.logit, Math.min(push, 2.2)]], "thin dashed discriminator");
      plot.handle("logit", s.logit, Math.min(push, 2.15), "generator");
      return { probability: [fixed(1 / (1 + Math.exp(-s.logit)), 4), "discriminator"], push: [fixed(push, 4), "generator"] };
    },
    drag(s, px, py, name, page) {
      const plot = page.part([logits[0], logits[logits.length - 1]], [0, 1], [26, 8, page.right - 10, 0]);
      s.logit = clamp(Math.round(plot.ix(px) * 10) / 10, ...plot.x);
    },
  });
};
