// The game in the plane: one large plot whose layers the words under it switch, a diagram with the same layers as
// miniatures, and the way back through the run. Between two frames everything glides; nothing is asked of Python.
const games = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const TAU = 2 * Math.PI;
const PHASE = 2600; // milliseconds for each sentence of the slow motion

const clamp = (x, a, b) => Math.min(b, Math.max(a, x));
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const ease = (t) => t * t * (3 - 2 * t);

// Arrays travel as 16-bit whole numbers and the value of one unit.
function unpack([unit, text]) {
  return Float32Array.from(new Int16Array(bytesOf(text).buffer), (v) => v * unit);
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

// ---------------------------------------------------------------------- layers: (painter, game) -> drawn

function dots(p, points, colour, most = 1e9, alpha = 0.85) {
  const { c, radius: r } = p;
  c.fillStyle = colour;
  c.globalAlpha = alpha;
  const n = Math.min(points.length, 2 * Math.min(most, p.most));
  for (let i = 0; i < n; i += 2) {
    c.beginPath();
    c.arc(p.x(points[i]), p.y(points[i + 1]), r, 0, TAU);
    c.fill();
  }
  c.globalAlpha = 1;
}

function surface(p, g) {
  const [l, r, b, t] = g.data.extent;
  const { surface: v } = g.now;
  const side = Math.sqrt(v.length);
  const [yes, no] = [rgb(g.colour("real")), rgb(g.colour("generated"))];
  const picture = new ImageData(side, side);
  for (let i = 0; i < v.length; i++) {
    const sure = 2 * g.verdict(v[i]) - 1;
    const ink = sure > 0 ? yes : no;
    const at = 4 * ((side - 1 - Math.floor(i / side)) * side + (i % side));
    picture.data.set([...ink, 150 * Math.abs(sure)], at);
  }
  g.sheet.width = g.sheet.height = side;
  g.sheet.getContext("2d").putImageData(picture, 0, 0);
  p.c.drawImage(g.sheet, p.x(l), p.y(t), p.x(r) - p.x(l), p.y(b) - p.y(t));
  undecided(p, g, side);
}

// Where D cannot tell: the level line, cell by cell.
function undecided(p, g, side) {
  const [l, r, b, t] = g.data.extent;
  const { c } = p;
  const { surface: v } = g.now;
  const px = (i) => p.x(l + ((i + 0.5) / side) * (r - l));
  const py = (j) => p.y(b + ((j + 0.5) / side) * (t - b));
  c.strokeStyle = g.colour("discriminator");
  c.lineWidth = p.radius;
  c.beginPath();
  for (let j = 0; j < side - 1; j++) {
    for (let i = 0; i < side - 1; i++) {
      const corner = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const level = corner.map(([x, y]) => v[y * side + x] - g.feed.centre);
      const cuts = [];
      for (let k = 0; k < 4; k++) {
        const m = (k + 1) % 4;
        if (level[k] > 0 === level[m] > 0) continue;
        const s = level[k] / (level[k] - level[m]);
        cuts.push([0, 1].map((a) => corner[k][a] + s * (corner[m][a] - corner[k][a])));
      }
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        c.moveTo(px(cuts[k][0]), py(cuts[k][1]));
        c.lineTo(px(cuts[k + 1][0]), py(cuts[k + 1][1]));
      }
    }
  }
  c.stroke();
}

// The warped grid: every cell holds the same share of the prior, so a small one is a dense one and gets more ink.
function mesh(p, nodes, [rows, columns], colour) {
  const { c } = p;
  const at = (i, j) => [p.x(nodes[2 * (i * columns + j)]), p.y(nodes[2 * (i * columns + j) + 1])];
  c.fillStyle = c.strokeStyle = colour;
  for (let i = 0; i + 1 < rows; i++) {
    for (let j = 0; j + 1 < columns; j++) {
      const quad = [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)];
      let area = 0;
      for (let k = 0; k < 4; k++) area += quad[k][0] * quad[(k + 1) % 4][1] - quad[(k + 1) % 4][0] * quad[k][1];
      c.globalAlpha = clamp((0.06 * p.width ** 2) / ((rows - 1) * (columns - 1)) / (Math.abs(area / 2) + 1), 0.02, 0.6);
      c.beginPath();
      quad.forEach(([x, y]) => c.lineTo(x, y));
      c.fill();
    }
  }
  c.globalAlpha = 0.6;
  c.lineWidth = rows > 1 ? 0.3 * p.radius : p.radius;
  c.beginPath();
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) c[j ? "lineTo" : "moveTo"](...at(i, j));
  if (rows > 1) for (let j = 0; j < columns; j++) for (let i = 0; i < rows; i++) c[i ? "lineTo" : "moveTo"](...at(i, j));
  c.stroke();
  c.globalAlpha = 1;
}

// Long arrows are shortened the more the longer they are, so that weak and strong gradients both fit.
function arrows(p, g) {
  const { samples: s, pull: d } = g.now;
  const { c } = p;
  c.strokeStyle = c.fillStyle = g.colour("generator");
  c.lineWidth = 0.6 * p.radius;
  const n = Math.min(d.length, 2 * p.most);
  for (let i = 0; i < n; i += 2) {
    const size = Math.hypot(d[i], d[i + 1]) * g.data.spread;
    const reach = (0.09 * p.width * size) / (size + 0.25) / (Math.hypot(d[i], d[i + 1]) || 1);
    const [x, y, dx, dy] = [p.x(s[i]), p.y(s[i + 1]), d[i] * reach, -d[i + 1] * reach];
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(x + dx, y + dy);
    c.stroke();
    c.beginPath();
    c.moveTo(x + dx * 1.15, y + dy * 1.15);
    c.lineTo(x + dx * 0.75 - dy * 0.18, y + dy * 0.75 + dx * 0.18);
    c.lineTo(x + dx * 0.75 + dy * 0.18, y + dy * 0.75 - dx * 0.18);
    c.fill();
  }
}

function ties(p, g) {
  const { reconstructions: r } = g.now;
  const { c } = p;
  c.strokeStyle = g.colour("reconstruction");
  c.lineWidth = 0.5 * p.radius;
  c.beginPath();
  for (let i = 0; i < Math.min(r.length, 4 * p.most); i += 2) {
    c.moveTo(p.x(g.real[i]), p.y(g.real[i + 1]));
    c.lineTo(p.x(r[i]), p.y(r[i + 1]));
  }
  c.stroke();
  dots(p, r, g.colour("reconstruction"), 300);
}

function prior(p, g) {
  const { c } = p;
  c.strokeStyle = g.colour("z");
  for (const k of g.data.uniform ? [1] : [1, 2, 3]) {
    c.globalAlpha = 0.9 / k;
    c.lineWidth = 0.6 * p.radius;
    c.beginPath();
    if (g.data.uniform) c.rect(p.x(-1), p.y(1), p.x(1) - p.x(-1), p.y(-1) - p.y(1));
    else c.arc(p.x(0), p.y(0), p.x(k) - p.x(0), 0, TAU);
    c.stroke();
  }
  c.globalAlpha = 1;
}

function clouds(p, g) {
  const { mu, sigma } = g.now;
  const { c } = p;
  c.strokeStyle = g.colour("sigma");
  c.lineWidth = 0.5 * p.radius;
  c.globalAlpha = 0.6;
  if (sigma)
    for (let i = 0; i < Math.min(mu.length, 2 * p.most); i += 2) {
      c.beginPath();
      c.ellipse(p.x(mu[i]), p.y(mu[i + 1]), p.x(sigma[i]) - p.x(0), p.x(sigma[i + 1]) - p.x(0), 0, 0, TAU);
      c.stroke();
    }
  dots(p, mu, g.colour("mu"));
}

const LAYERS = {
  surface,
  mesh: (p, g) => mesh(p, g.now.mesh, g.data.mesh_shape, g.colour("generator")),
  real: (p, g) => dots(p, g.real, g.colour("real"), 1e9, 0.7),
  samples: (p, g) => dots(p, g.now.samples, g.colour("generated")),
  pull: arrows,
  reconstructions: ties,
  prior,
  mesh_z: (p, g) => mesh(p, g.mesh_z, g.data.mesh_shape, g.colour("generator")),
  z: (p, g) => dots(p, g.z, g.colour("z"), 300),
  posterior: clouds,
};
const NEEDS = { mesh: "mesh", surface: "surface", samples: "samples", pull: "pull", reconstructions: "reconstructions", posterior: "mu" };

// ---------------------------------------------------------------------- the game

class Game {
  constructor(root) {
    this.root = root;
    const find = (name) => root.querySelector(name);
    [this.big, this.tip, this.words, this.range] = [find(".big"), find("output"), find(".words"), find("input")];
    [this.liveButton, this.stepText, this.said, this.diagram] = [find(".live"), find(".step"), find(".narration"), find(".diagram")];
    this.sheet = document.createElement("canvas");
    this.now = {};
    this.off = new Set();
    this.plane = "data";
    this.flow = 0;
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(root.querySelector(".game"));
    this.seeing = new IntersectionObserver((entries) => {
      this.seen = entries.at(-1).isIntersecting;
      this.draw();
    });
    this.seeing.observe(root.querySelector(".game"));
    this.big.onpointermove = this.big.onpointerdown = (e) => this.hover([e.offsetX, e.offsetY]);
    this.big.onpointerleave = this.big.onblur = () => this.hover((this.cursor = null));
    this.big.onkeydown = (e) => this.key(e);
    this.range.oninput = () => this.seek(Number(this.range.value));
    this.range.onpointerdown = () => (this.held = true);
    this.range.onpointerup = this.range.onpointercancel = this.range.onblur = () => (this.held = false);
    this.liveButton.onclick = () => this.seek(Infinity);
    this.taking = () => this.data && this.take();
    window.addEventListener("genmodels-plane", this.taking);
  }

  colour(concept) {
    return this.data.colours[concept][this.dark];
  }

  verdict(logit) {
    return sigmoid((logit - this.feed.centre) * this.feed.gain);
  }

  // What stays: layers, words, places. It comes once for every game.
  show(data) {
    const built = JSON.stringify(data);
    this.dark = isDark(this.root.querySelector(".game")) ? 1 : 0;
    if (built !== this.built) {
      this.data = data;
      for (const [name, packed] of Object.entries(data.fixed)) this[name] = unpack(packed);
      this.build(built);
    }
    this.big.setAttribute("aria-label", data.words.alt);
    this.root.querySelector(".game").classList.toggle("beside", data.beside);
    this.range.setAttribute("aria-label", data.words.time);
    this.liveButton.textContent = data.words.live;
    this.wordState = null;
    this.paintWords();
    this.take();
    this.draw();
  }

  // What moves: frames, several a second.
  take() {
    const { data: feed, trigger } = window["genmodelsPlane" + this.data.slot] ?? {};
    if (!feed || feed.game !== this.data.game) return;
    Object.assign(this, { feed, trigger });
    this.liveButton.setAttribute("aria-pressed", String(feed.live));
    this.range.max = Math.max(1, feed.frames - 1);
    this.range.disabled = this.liveButton.disabled = feed.frames < 2;
    if (!this.held) this.range.value = feed.frames < 2 ? 1 : feed.frame;
    this.stepText.textContent = feed.step;
    if (feed.id !== this.shownId) this.glide();
    this.slow(feed.slow);
  }

  build(state) {
    cancelAnimationFrame(this.frame);
    this.built = state;
    this.plane = "data";
    this.off = new Set(this.data.hidden);
    this.now = {};
    this.view = false;
    this.shownId = null;
    this.diagram.querySelectorAll(".node").forEach((node) => node.remove());
    this.minis = this.data.nodes.map((node) => {
      const button = this.diagram.appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", className: "node", textContent: node.title });
      button.dataset.node = node.name;
      const canvas = button.appendChild(document.createElement("canvas"));
      button.onclick = () => this.bring(node);
      this.resizing.observe(canvas);
      return { ...node, button, canvas };
    });
  }

  // A node shows its plane in the large plot, and in it switches its own layer.
  bring(node) {
    const there = this.plane === node.plane;
    this.plane = node.plane;
    if (there) this.toggle(node.layers[0]);
    else this.off.delete(node.layers[0]);
    this.paintWords();
    this.draw();
  }

  toggle(name) {
    if (!this.off.delete(name)) this.off.add(name);
  }

  visible(name) {
    const forced = this.phase?.layers;
    return forced?.length ? forced.includes(name) : !this.off.has(name);
  }

  paintWords() {
    const shown = this.data.layers.filter((layer) => layer.plane === this.plane);
    const state = JSON.stringify([shown, this.dark, this.phase?.layers, [...this.off]]);
    if (state === this.wordState) return;
    this.wordState = state;
    const focused = this.words.getRootNode().activeElement?.dataset.layer;
    this.words.replaceChildren(
      ...shown.flatMap((layer) => {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", textContent: layer.word });
        button.dataset.layer = layer.name;
        button.style.setProperty("--colour", this.colour(layer.concept));
        button.setAttribute("aria-pressed", String(this.visible(layer.name)));
        button.onclick = () => {
          this.toggle(layer.name);
          this.paintWords();
          this.draw();
        };
        return [layer.before, button, layer.after];
      }),
    );
    if (focused) this.words.querySelector(`[data-layer=${focused}]`)?.focus({ preventScroll: true });
    for (const node of this.minis) {
      node.button.style.setProperty("--colour", this.colour(node.concept));
      node.button.setAttribute("aria-pressed", String(node.plane === this.plane && this.visible(node.layers[0])));
    }
  }

  glide() {
    const next = {};
    for (const [name, packed] of Object.entries(this.feed.arrays)) next[name] = unpack(packed);
    const from = this.now;
    const arrived = performance.now();
    const lasts = clamp((arrived - (this.arrived ?? 0)) * 1.15, 90, 450);
    this.arrived = arrived;
    this.shownId = this.feed.id;
    this.now = {};
    for (const name in next) this.now[name] = from[name]?.length === next[name].length ? from[name].slice() : next[name];
    cancelAnimationFrame(this.frame);
    const began = { ...this.now };
    for (const name in began) began[name] = began[name].slice();
    const view = this.view;
    const turn = (time) => {
      const t = still.matches || !this.seen ? 1 : clamp((time - arrived) / lasts, 0, 1);
      const s = ease(t);
      for (const name in next) {
        const [a, b, c] = [began[name], next[name], this.now[name]];
        for (let i = 0; i < b.length; i++) c[i] = a[i] + s * (b[i] - a[i]);
      }
      this.flow -= view ? 0.6 : 0;
      this.draw();
      if (t < 1) this.frame = requestAnimationFrame(turn);
      else this.big.dataset.drawn = Number(this.big.dataset.drawn ?? 0) + 1;
    };
    this.view = true;
    turn(arrived);
  }

  // ------------------------------------------------------------------ drawing

  painter(canvas, plane, small) {
    if (!canvas.clientWidth) return null;
    const [c, w, h] = sized(canvas);
    const [l, r, b, t] = plane === "data" ? this.data.extent : this.feed.latent_extent;
    const x = (v) => clamp(((v - l) / (r - l)) * w, -9e3, 9e3);
    const y = (v) => clamp(((t - v) / (t - b)) * h, -9e3, 9e3);
    return { c, x, y, width: w, radius: small ? 1 : 2.2, most: small ? 150 : 1e9, toData: ([px, py]) => [l + (px / w) * (r - l), t - (py / h) * (t - b)] };
  }

  paint(p, layers) {
    for (const name of layers) if (!(name in NEEDS) || this.now[NEEDS[name]]) LAYERS[name](p, this);
  }

  draw() {
    if (!this.feed || !this.minis || !this.seen) return;
    const p = this.painter(this.big, this.plane, false);
    if (!p) return;
    this.axes(p);
    this.paint(p, this.data.layers.filter((layer) => layer.plane === this.plane && this.visible(layer.name)).map((layer) => layer.name));
    if (this.cursor) p.c.strokeRect(this.cursor[0] - 4, this.cursor[1] - 4, 8, 8);
    for (const node of this.minis) {
      const q = this.painter(node.canvas, node.plane, true);
      if (q) this.paint(q, node.layers);
    }
    this.edges();
  }

  axes({ c, x, y, width }) {
    const style = getComputedStyle(this.big);
    c.strokeStyle = style.borderTopColor;
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(x(0), 0);
    c.lineTo(x(0), width);
    c.moveTo(0, y(0));
    c.lineTo(width, y(0));
    c.stroke();
    const [l, r] = this.plane === "data" ? this.data.extent : this.feed.latent_extent;
    c.fillStyle = style.color;
    c.globalAlpha = 0.6;
    c.font = `11px ${style.fontFamily}`;
    c.fillText(Number(l.toPrecision(2)), 5, y(0) - 5);
    c.textAlign = "right";
    c.fillText(Number(r.toPrecision(2)), width - 5, y(0) - 5);
    c.textAlign = "left";
    c.globalAlpha = 1;
  }

  edges() {
    const svg = this.diagram.querySelector("svg");
    const home = svg.getBoundingClientRect();
    const key = `${home.width} ${home.height} ${this.built}`;
    if (home.width && key !== this.edgeState) {
      this.edgeState = key;
      const box = (name) => {
        const b = this.minis.find((node) => node.name === name).canvas.getBoundingClientRect();
        return { x: b.x - home.x + b.width / 2, y: b.y - home.y + b.height / 2, r: b.width / 2 };
      };
      svg.innerHTML = this.data.edges
        .map(([a, b]) => {
          const [s, e] = [box(a), box(b)];
          const [dx, dy] = [e.x - s.x, e.y - s.y];
          const reach = Math.max(Math.abs(dx), Math.abs(dy));
          // Out of one box and into the other, where the line crosses their borders; labels stand above the boxes.
          const [u, v] = [(s.r + (dy < -9 ? 24 : 0)) / reach, 1 - (e.r + (dy > 9 ? 24 : 7)) / reach];
          const [x, y] = [s.x + v * dx, s.y + v * dy];
          const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
          return `<line x1="${s.x + u * dx}" y1="${s.y + u * dy}" x2="${x}" y2="${y}"/><path transform="translate(${x} ${y}) rotate(${turn})" d="M6 0L-3 -4.5V4.5Z"/>`;
        })
        .join("");
    }
    svg.style.strokeDashoffset = this.flow;
  }

  // ------------------------------------------------------------------ the hand

  hover(place) {
    this.tip.hidden = !place || !this.feed;
    if (this.tip.hidden) return this.draw();
    const [x, y] = this.painterOfBig(place);
    const { surface: v } = this.now;
    const [l, r, b, t] = this.data.extent;
    let text = `${x.toFixed(2)}, ${y.toFixed(2)}`;
    if (v && this.plane === "data") {
      const side = Math.sqrt(v.length);
      const i = clamp(Math.floor(((x - l) / (r - l)) * side), 0, side - 1);
      const j = clamp(Math.floor(((y - b) / (t - b)) * side), 0, side - 1);
      const logit = v[j * side + i];
      text += ` · D ${(this.data.probability ? sigmoid(logit) : logit).toFixed(2)}`;
    }
    this.tip.textContent = text;
    const right = place[0] > this.big.clientWidth / 2;
    Object.assign(this.tip.style, { left: `${place[0]}px`, top: `${place[1]}px`, transform: `translate(${right ? "calc(-100% - 12px)" : "12px"}, -50%)` });
  }

  painterOfBig([px, py]) {
    const [l, r, b, t] = this.plane === "data" ? this.data.extent : this.feed.latent_extent;
    return [l + (px / this.big.clientWidth) * (r - l), t - (py / this.big.clientHeight) * (t - b)];
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const side = this.big.clientWidth;
    const at = this.cursor ?? [side / 2, side / 2];
    this.cursor = at.map((v, i) => clamp(v + way[i] * (event.shiftKey ? 24 : 6), 0, side));
    this.draw();
    this.hover(this.cursor);
  }

  seek(index) {
    const live = index >= this.feed.frames - 1;
    this.trigger("seek", { frame: live ? null : index });
  }

  // ------------------------------------------------------------------ slow motion

  slow(on) {
    if (on === Boolean(this.timer)) return;
    clearInterval(this.timer);
    this.timer = null;
    this.at = -1;
    if (on) {
      this.timer = setInterval(() => this.nextPhase(), PHASE);
      this.nextPhase();
    } else this.tell(null);
  }

  nextPhase() {
    if (document.hidden) return; // a phase may be a real move of a player
    this.at = (this.at + 1) % this.data.phases.length;
    this.tell(this.data.phases[this.at]);
  }

  tell(phase) {
    this.phase = phase;
    this.said.hidden = !phase;
    this.diagram.classList.toggle("dimmed", Boolean(phase));
    for (const node of this.minis) node.button.classList.toggle("works", Boolean(phase?.nodes.includes(node.name)));
    if (phase) {
      if (phase.plane) this.plane = phase.plane;
      const name = document.createElement("b");
      name.textContent = phase.title;
      name.style.color = this.colour(phase.concept);
      this.said.replaceChildren(name, phase.text);
      if (phase.move) this.trigger("move", { player: phase.move });
    } else this.plane = "data";
    this.paintWords();
    this.draw();
  }

  end() {
    cancelAnimationFrame(this.frame);
    clearInterval(this.timer);
    window.removeEventListener("genmodels-plane", this.taking);
    for (const observer of [this.resizing, this.seeing]) observer.disconnect();
  }
}

export default function ({ data, parentElement }) {
  const game = games.get(parentElement) ?? new Game(parentElement);
  games.set(parentElement, game);
  game.show(data);
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (game.call = {});
  return () => {
    if (game.call !== call) return;
    game.end();
    games.delete(parentElement);
  };
}
