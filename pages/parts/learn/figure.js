// The mould of all figures in lessons. A part calls figure(component, {height, sliders, choices, state, draw, drag}):
//   sliders: {name: [least, most, step, start, concept]}, choices: {name: [option, ...]}; both end up in the state
//   draw(plot, state, data) draws, and returns the readings {name: text} or {name: [text, concept]}
//   drag(state, x, y, grabbed, plot) answers to the hand; `grabbed` is what plot.handle() named nearest at the start
const figures = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function make(tag, attributes = {}, ...children) {
  const space = /^(svg|path|circle|line|text|rect|g)$/.test(tag) ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
  const element = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const range = (n, from = 0, to = 1) => Array.from({ length: n }, (_, i) => from + ((to - from) * i) / Math.max(1, n - 1));
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const fixed = (v, digits = 2) => (Number.isFinite(v) ? v.toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−") : "∞");

// Noise that is the same for everybody and at every visit (mulberry32), uniform and normal.
function uniforms(n, seed) {
  let a = seed;
  return Array.from({ length: n }, () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });
}
function normals(n, seed) {
  const u = uniforms(2 * n, seed);
  return range(n).map((_, i) => Math.sqrt(-2 * Math.log(1 - u[2 * i])) * Math.cos(2 * Math.PI * u[2 * i + 1]));
}
const density = (x, mu, sigma) => Math.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));

// A rectangle with coordinates of its own: [x0, x1] to the right, [y0, y1] upwards.
class Plot {
  constructor(svg, x, y, box) {
    Object.assign(this, { svg, x, y, box, handles: [] });
    [this.left, this.top, this.right, this.bottom] = box;
  }
  sx(x) { return this.left + ((x - this.x[0]) / (this.x[1] - this.x[0])) * (this.right - this.left); }
  sy(y) { return this.bottom - ((y - this.y[0]) / (this.y[1] - this.y[0])) * (this.bottom - this.top); }
  ix(px) { return this.x[0] + ((px - this.left) / (this.right - this.left)) * (this.x[1] - this.x[0]); }
  iy(py) { return this.y[0] + ((this.bottom - py) / (this.bottom - this.top)) * (this.y[1] - this.y[0]); }
  add(tag, attributes, ...children) {
    const element = make(tag, attributes, ...children);
    this.svg.append(element);
    return element;
  }
  // The same picture with another part of the space: its own coordinates, the same canvas.
  part(x, y, box) {
    const other = new Plot(this.svg, x, y, box);
    other.handles = this.handles;
    return other;
  }
  path(points) {
    let pen = "M";
    return points.map(([x, y]) => {
      if (!Number.isFinite(x + y)) { pen = "M"; return ""; }
      const at = `${pen}${this.sx(x).toFixed(1)} ${clamp(this.sy(y), -2000, 3000).toFixed(1)}`;
      pen = "L";
      return at;
    }).join("");
  }
  line(points, kind = "") { return this.add("path", { d: this.path(points), class: `line ${kind}` }); }
  curve(f, kind = "", n = 160) { return this.line(range(n, ...this.x).map((x) => [x, f(x)]), kind); }
  area(f, kind = "", [from, to] = this.x) {
    const top = range(160, from, to).map((x) => [x, f(x)]);
    return this.add("path", { d: `${this.path([[from, 0], ...top, [to, 0]])}Z`, class: `area ${kind}` });
  }
  dot(x, y, radius = 4, kind = "") {
    return this.add("circle", { cx: this.sx(x).toFixed(1), cy: this.sy(y).toFixed(1), r: radius, class: `dot ${kind}` });
  }
  handle(name, x, y, kind = "") {
    this.handles.push({ name, px: this.sx(x), py: this.sy(y) });
    this.dot(x, y, 15, `halo ${kind}`);
    this.dot(x, y, 30, "touch");
    return this.dot(x, y, 8, `grip ${kind}`);
  }
  bar(x, width, from, to, kind = "") {
    const [a, b] = [this.sy(from), this.sy(to)];
    const [l, r] = [this.sx(x), this.sx(x + width)];
    return this.add("rect", { x: Math.min(l, r), width: Math.abs(r - l), y: Math.min(a, b), height: Math.abs(a - b), class: `bar ${kind}` });
  }
  arrow(x, y, dx, dy, kind = "") {
    const [x0, y0, x1, y1] = [this.sx(x), this.sy(y), this.sx(x + dx), this.sy(y + dy)];
    const [u, v, size] = [x1 - x0, y1 - y0, Math.hypot(x1 - x0, y1 - y0)];
    if (size < 1) return;
    const [a, b, h] = [u / size, v / size, Math.min(5, size / 2)];
    const head = `M${x1 - h * (a - 0.6 * b)} ${y1 - h * (b + 0.6 * a)}L${x1} ${y1}L${x1 - h * (a + 0.6 * b)} ${y1 - h * (b - 0.6 * a)}`;
    this.add("path", { d: `M${x0} ${y0}L${x1} ${y1}${head}`, class: `arrow ${kind}` });
  }
  label(text, x, y, kind = "", anchor = "middle", dx = 0, dy = 0) {
    return this.add("text", { x: this.sx(x) + dx, y: this.sy(y) + dy, class: kind, "text-anchor": anchor }, text);
  }
  axis(ticks, name = "", at = this.y[0]) {
    this.line([[this.x[0], at], [this.x[1], at]], "axis");
    for (const tick of ticks) this.label(String(tick).replace("-", "−"), tick, at, "tick", "middle", 0, 15);
    if (name) this.label(name, this.x[1], at, "tick", "end", 0, -5);
  }
}

class Figure {
  constructor(root, spec) {
    this.spec = spec;
    this.svg = root.querySelector("svg");
    this.controls = root.querySelector(".controls");
    this.readings = root.querySelector("dl");
    this.svg.style.height = `${spec.height}px`;
    this.state = { ...spec.state };
    for (const [name, [, , , start]] of Object.entries(spec.sliders ?? {})) this.state[name] = start;
    for (const [name, [first]] of Object.entries(spec.choices ?? {})) this.state[name] = first;
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.svg);
    if (spec.drag) this.listen();
  }
  show(data) {
    this.data = data;
    this.svg.setAttribute("aria-label", data.alt);
    const shown = JSON.stringify(data.words);
    if (shown !== this.words) this.build(data.words);
    this.words = shown;
    this.draw();
  }
  build(words) {
    this.inputs = {};
    const sliders = Object.entries(this.spec.sliders ?? {}).map(([name, [min, max, step, , concept]]) => {
      const input = make("input", { type: "range", min, max, step, "aria-label": words[name] });
      const value = make("output");
      input.oninput = () => { this.state[name] = Number(input.value); this.draw(); };
      input.name = name;
      this.inputs[name] = [input, value, step];
      return make("label", concept ? { class: concept } : {}, make("span", {}, words[name]), input, value);
    });
    const choices = Object.entries(this.spec.choices ?? {}).map(([name, options]) => {
      const group = make("div", { class: "choice", role: "group", "aria-label": words[name] ?? name });
      for (const option of options) {
        const button = make("button", { type: "button", "data-option": option }, words[option]);
        button.onclick = () => { this.state[name] = option; this.draw(); };
        group.append(button);
      }
      this.inputs[name] = [group];
      return group;
    });
    const buttons = Object.entries(this.spec.buttons ?? {}).map(([name, action]) => {
      const button = make("button", { type: "button", class: "action" }, words[name]);
      button.onclick = () => { action(this.state); this.draw(); };
      return button;
    });
    this.controls.replaceChildren(...choices, ...sliders, ...buttons);
  }
  draw() {
    const width = this.svg.clientWidth;
    if (!width || !this.data) return;
    this.svg.replaceChildren();
    this.plot = new Plot(this.svg, [0, width], [0, this.spec.height], [0, 0, width, this.spec.height]);
    const readings = this.spec.draw(this.plot, this.state, this.data) ?? {};
    const at = this.keyed && this.plot.handles.find(({ name }) => name === this.grabbed);
    if (at) this.svg.append(make("circle", { cx: at.px, cy: at.py, r: 20, class: "ring" }));
    for (const [name, [input, value, step]] of Object.entries(this.inputs)) {
      if (value) {
        input.value = this.state[name];
        value.textContent = fixed(this.state[name], Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
      } else for (const button of input.children) button.setAttribute("aria-pressed", button.dataset.option === this.state[name]);
    }
    this.readings.replaceChildren(...Object.entries(readings).map(([name, reading]) => {
      const [text, concept] = [reading].flat();
      return make("div", concept ? { class: concept } : {}, make("dt", {}, this.data.words[name] ?? name), make("dd", { "data-name": name }, text));
    }));
  }
  listen() {
    const { svg } = this;
    svg.classList.add("draggable");
    const move = (event, start) => {
      const frame = svg.getBoundingClientRect();
      const [px, py] = [event.clientX - frame.left, event.clientY - frame.top];
      const far = (h) => Math.hypot(h.px - px, h.py - py);
      if (start) this.grabbed = this.plot.handles.reduce((best, h) => (!best || far(h) < far(best) ? h : best), null)?.name;
      this.spec.drag(this.state, px, py, this.grabbed, this.plot);
      this.draw();
    };
    const near = ({ clientX, clientY }) => {
      const frame = svg.getBoundingClientRect();
      return this.plot.handles.some((h) => Math.hypot(h.px - clientX + frame.left, h.py - clientY + frame.top) < 40);
    };
    svg.onpointerdown = (event) => {
      if (event.button || !event.isPrimary) return;
      if (event.pointerType === "touch" && !near(event)) return; // a finger that scrolls the page
      svg.setPointerCapture(event.pointerId);
      this.held = true;
      this.keyed = false;
      move(event, true);
    };
    svg.onpointermove = (event) => {
      if (!event.buttons) this.held = false; // let go where the page could not see it
      if (this.held && event.isPrimary) move(event, false);
    };
    svg.onpointerup = svg.onpointercancel = () => { this.held = false; };
    for (const [name, value] of Object.entries({ tabindex: 0, role: "application", "aria-keyshortcuts": "Arrows Space" })) svg.setAttribute(name, value);
    svg.onkeydown = (event) => this.key(event);
    svg.onblur = () => { this.keyed = false; this.draw(); };
  }
  // Arrows move one handle, Space takes the next.
  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0] }[event.key];
    const { handles } = this.plot;
    if (!way || !handles.length) return;
    event.preventDefault();
    let i = Math.max(0, handles.findIndex(({ name }) => name === this.grabbed));
    if (event.key === " " && this.keyed) i = (i + 1) % handles.length;
    const { name, px, py } = handles[i];
    Object.assign(this, { grabbed: name, keyed: true });
    this.spec.drag(this.state, px + 6 * way[0], py + 6 * way[1], name, this.plot);
    this.draw();
  }
}

function figure({ data, parentElement }, spec) {
  const it = figures.get(parentElement) ?? new Figure(parentElement, spec);
  figures.set(parentElement, it);
  it.show(data);
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (it.call = {});
  return () => {
    if (it.call !== call) return;
    it.resizing.disconnect();
    figures.delete(parentElement);
  };
}

