// A decoder from two numbers to a sound: pitch to the right, brightness upwards. Drag, and listen.
const SECONDS = 0.7;
const frame = (page) => page.part([0, 1], [0, 1], [10, 10, page.right * 0.42, page.bottom - 10]);
const pitch = (s) => 110 * 4 ** s.x;
const harmonics = (s) => range(12, 1, 12).map((k) => Math.exp(-(k - 1) * (1.8 - 1.6 * s.y)));
export const wave = (s, t) => {
  const h = harmonics(s);
  return h.reduce((sum, a, k) => sum + a * Math.sin(2 * Math.PI * (k + 1) * pitch(s) * t), 0) / h.reduce((sum, a) => sum + a, 0);
};
let audio;
function play(s) {
  audio ??= new AudioContext();
  const n = Math.round(SECONDS * audio.sampleRate);
  const buffer = audio.createBuffer(1, n, audio.sampleRate);
  const out = buffer.getChannelData(0);
  for (let i = 0; i < n; i++) out[i] = 0.3 * wave(s, i / audio.sampleRate) * Math.min(1, i / 500, (n - i) / 4000);
  const source = audio.createBufferSource();
  source.buffer = buffer;
  source.connect(audio.destination);
  source.start();
}

export default (component) => figure(component, {
  height: 240,
  state: { x: 0.35, y: 0.5 },
  buttons: { play },
  draw(page, s, { words }) {
    const pad = frame(page);
    pad.bar(0, 1, 0, 1, "z faint");
    pad.label(words.pitch, 1, 0, "tick", "end", -6, -8);
    pad.label(words.brightness, 0, 1, "tick", "start", 6, 16);
    pad.handle("z", s.x, s.y, "z");
    pad.label("z", s.x, s.y, "symbol z", "middle", 0, -16);
    const plot = page.part([0, 0.02], [-1.05, 1.05], [page.right * 0.42 + 24, 10, page.right - 10, page.bottom - 10]);
    plot.line([[0, 0], [0.02, 0]], "axis");
    plot.line(range(500, 0, 0.02).map((t) => [t, wave(s, t)]), "generated");
    return { code: ["2", "z"], values: [Math.round(16000 * SECONDS).toLocaleString("en"), "generated"], frequency: `${fixed(pitch(s), 0)} Hz` };
  },
  drag(s, px, py, name, page) {
    const pad = frame(page);
    s.x = clamp(pad.ix(px), 0, 1);
    s.y = clamp(pad.iy(py), 0, 1);
  },
});
