// The desk of a decoder: one point z of the latent space, held by sliders, by a pad (a plane through the space) and by
// the page. Whatever moves z moves everything, in the next frame; the page is told when the hand rests.
// The decoder comes from the shelf that decoder.js fills, the point from the one that latent_point.js fills and reads.
const desks = new WeakMap();
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

const FIRST = 10; // sliders shown at once; the others are one click deeper
const TILES = 14; // decoded pictures across the pad
const MESH = 24; // meshes across the pad, for decoders of points
const REST = 160; // milliseconds without movement that count as rest
const GLIDE = 450; // milliseconds in which z comes to where the page puts it
const SLICE = 5; // milliseconds of a frame that the tiles of the pad may take
const MOST_ANSWERS = 100; // layers that are kept

const create = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

class Desk {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    this.desk = find(".desk");
    this.picture = find(".picture canvas");
    this.caption = find(".picture figcaption");
    this.pad = find(".pad canvas");
    this.tip = find(".stage output");
    this.said = find(".said");
    this.list = find("ol");
    this.psiRow = find(".psi");
    this.rows = [];
    this.group = 0;
    this.costs = new Float32Array(30);
    this.take = () => this.adopt();
    for (const what of ["decoder", "point"]) shelf.addEventListener(what, this.take);
    this.served = () => this.receive(shelf.layer);
    shelf.addEventListener("layer", this.served);
    this.resizing = new ResizeObserver(() => this.refresh());
    this.resizing.observe(this.pad);
    this.resizing.observe(this.picture);
    this.listen(find);
    // What moves z as a hand does, see latent_walk.js.
    this.hand = shelf.hand = { move: (z) => this.settle(z), rest: (wait) => this.rest(wait), now: () => this };
  }

  listen(find) {
    const { pad } = this;
    pad.onpointerdown = (event) => {
      if (event.button || !event.isPrimary) return;
      pad.setPointerCapture(event.pointerId);
      this.pressed = true;
      this.put(event);
    };
    pad.onpointermove = (event) => {
      if (this.pressed && !event.buttons) pad.onpointerup(); // let go where the page could not see it
      else if (this.pressed) event.isPrimary && this.put(event);
      else if (event.pointerType === "mouse") this.look(event);
    };
    pad.onpointerup = pad.onpointercancel = () => {
      this.pressed = false;
      this.rest();
    };
    pad.onpointerleave = () => this.pressed || this.look(null);
    pad.onkeydown = (event) => this.key(event);
    find(".more").onclick = () => this.chooseSliders(!this.all);
    for (const side of ["across", "up"]) {
      find(`.${side}`).onchange = (event) => this.turn(side, Number(event.target.value));
    }
    const controls = find(".controls");
    controls.onpointerdown = () => (this.held = true);
    this.freed = () => {
      if (this.held && this.untold) this.rest();
      this.held = false;
    };
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, this.freed); // wherever the hand is
    const [button, input] = this.psiRow.children;
    button.onclick = () => this.drawIn(1);
    input.oninput = () => this.drawIn(Number(input.value));
  }

  show(data) {
    Object.assign(this, { data, theme: isDark(this.desk) ? 1 : 0 });
    this.psiRow.firstElementChild.textContent = data.words.psi;
    this.psiRow.firstElementChild.title = data.words.reset;
    this.psiRow.children[1].setAttribute("aria-label", data.words.psi);
    this.adopt();
    if (this.decoder) this.drawLegend();
  }

  // Take the decoder and the point that the page has put on the shelf. z is taken when the page means it (another
  // revision), not when it repeats what it was told.
  adopt() {
    const { decoder, point } = shelf;
    if (!point || decoder?.name !== point.decoder) return;
    const fresh = decoder !== this.decoder;
    if (fresh) {
      const run = ({ name }) => name.split(".")[0];
      const again = this.decoder && run(decoder) === run(this.decoder); // another moment of the same run
      this.decoder = decoder;
      this.desk.hidden = false;
      this.build(again);
    }
    if (fresh || point.revision !== this.revision) {
      const z = Float32Array.from(point.z);
      Object.assign(this, { psi: point.psi, revision: point.revision });
      this.quiet();
      if (fresh || still.matches) this.settle(z);
      else this.glide(z);
      this.chooseLabel(point.label);
    }
    this.refresh();
  }

  build(again) {
    const { about, shape, arrays, latent_dim, remote } = this.decoder;
    const [height, width] = shape;
    this.points = about.modality === "points";
    this.direct = arrays.directions;
    this.axes = again && Math.max(...this.axes) * latent_dim < arrays.directions.length ? this.axes : about.axes.slice();
    this.z = new Float32Array(latent_dim);
    if (!this.points) {
      Object.assign(this.picture, { width, height });
      this.image = new ImageData(width, height);
    }
    this.picture.classList.toggle("plane", this.points);
    this.picture.setAttribute("aria-label", this.data.words.picture);
    this.pad.setAttribute("aria-label", this.data.words.pad);
    this.tiles = this.asked = null;
    this.answers = new Map();
    this.group = again && this.group < about.groups.length ? this.group : 0;
    this.caption.textContent = remote ? about.note : this.data.words.here;
    this.costs.fill(0);
    this.chooseGroups();
    this.chooseAxes();
    this.chooseLayer(again && about.layers.some(({ kind }) => kind === this.layer) ? this.layer : about.layer);
  }

  chooseLayer(kind) {
    const { layers } = this.decoder.about;
    const chosen = layers.findIndex((layer) => layer.kind === kind);
    this.layer = kind;
    this.chips(".layers", layers, chosen, (i) => this.chooseLayer(layers[i].kind));
    this.root.querySelector(".layers").setAttribute("aria-label", this.data.words.layers);
    this.said.hidden = !layers.length;
    this.said.firstElementChild.textContent = layers[chosen]?.note ?? "";
    this.drawLegend();
    this.refresh();
  }

  chooseGroups() {
    const { groups } = this.decoder.about;
    this.chips(".groups", groups.map(({ name }) => ({ name })), this.group, (i) => {
      this.group = i;
      this.chooseGroups();
    });
    this.root.querySelector(".note").textContent = groups[this.group].note;
    this.chooseSliders(false);
  }

  // What a conditional model is told to draw: the code stays, so the same hand draws another thing.
  chooseLabel(label) {
    const { words } = this.data;
    const { labels } = this.decoder.about;
    const told = this.root.querySelector(".told");
    told.hidden = !labels.length;
    told.textContent = words.told;
    this.decoder.label = label;
    this.chips(".labels", labels.map((name) => ({ name })), label, (i) => {
      this.chooseLabel(i);
      this.rest();
    });
    this.root.querySelector(".labels").setAttribute("aria-label", words.label);
    this.refresh();
  }

  // A row of buttons of which one is pressed. It keeps the focus that it has.
  chips(selector, entries, chosen, choose) {
    const bar = this.root.querySelector(selector);
    const focused = bar.matches(":focus-within");
    bar.hidden = entries.length < 2;
    bar.replaceChildren(...entries.map(({ name, note }, i) => {
      const button = create("button", { type: "button", textContent: name, title: note ?? "", onclick: () => choose(i) });
      button.setAttribute("aria-pressed", String(i === chosen));
      return button;
    }));
    if (focused) bar.children[chosen]?.focus();
  }

  chooseAxes() {
    const { groups } = this.decoder.about;
    const names = groups.flatMap(({ begin, sliders }) => sliders.map(({ label }, i) => [label, begin + i]));
    this.root.querySelector(".axes").hidden = names.length < 3;
    ["across", "up"].forEach((side, i) => {
      const select = this.root.querySelector(`.${side}`);
      select.setAttribute("aria-label", this.data.words[side]);
      select.replaceChildren(...names.map(([label, row]) => create("option", { value: row, textContent: label })));
      select.value = this.axes[i];
    });
  }

  drawLegend() {
    const { classes } = this.decoder.about;
    const entries = (this.decoder.arrays.labels || this.layer === "class" ? classes : []).map((name, i) => {
      const entry = create("span", { textContent: name });
      entry.style.setProperty("--colour", this.data.classes[i % this.data.classes.length][this.ink()]);
      return entry;
    });
    this.root.querySelector(".legend").replaceChildren(...entries);
  }

  chooseSliders(all) {
    const { begin, sliders } = this.decoder.about.groups[this.group];
    const { words } = this.data;
    this.all = all;
    this.rows = sliders.slice(0, all ? sliders.length : FIRST).map((slider, i) => this.slider(slider, begin + i));
    this.list.replaceChildren(...this.rows.map(({ item }) => item));
    const more = this.root.querySelector(".more");
    more.hidden = sliders.length <= FIRST;
    more.textContent = all ? words.fewer : words.more.replace("{n}", sliders.length);
    this.wake();
  }

  slider({ label, share, detail, silent }, row) {
    const { reach } = this.decoder.about;
    const button = create("button", { type: "button", textContent: label, title: this.data.words.reset });
    const input = create("input", { type: "range", min: -reach, max: reach, step: 0.01 });
    const output = create("output", {});
    const bar = create("i", { title: detail });
    bar.style.setProperty("--share", share);
    input.setAttribute("aria-label", label);
    input.oninput = () => this.move([row], [Number(input.value)]);
    button.onclick = () => this.move([row], [0]);
    const item = create("li", { className: silent ? "row silent" : "row", title: detail }, button, input, output, bar);
    return { row, item, input, output };
  }

  // ---------------------------------------------------------------- moving z

  along(row, z = this.z) {
    const d = z.length;
    let sum = 0;
    for (let j = 0; j < d; j++) sum += z[j] * this.direct[row * d + j];
    return sum;
  }

  // The product of two directions.
  dot(a, b) {
    const d = this.z.length;
    return this.along(a, this.direct.subarray(b * d, (b + 1) * d));
  }

  // Whether the axes span a plane: of two classes, the directions towards them are opposite.
  isPlane() {
    const [a, b] = this.axes;
    return this.dot(a, a) * this.dot(b, b) - this.dot(a, b) ** 2 > 1e-6;
  }

  // Where a code lies on the pad.
  coordinates(z) {
    const [a, b] = this.axes;
    return [this.along(a, z), a === b ? 0 : this.along(b, z)];
  }

  // The point nearest to z whose products with these directions are `values`: Gram's equations, for one or two of them.
  shifted(rows, values) {
    const d = this.z.length;
    const at = (row, j) => this.direct[row * d + j];
    const [a, b] = rows;
    if (a === b) return this.shifted([a], values); // a single dimension has no second one
    const want = rows.map((row, i) => values[i] - this.along(row));
    const [aa, ab, bb] = b !== undefined ? [this.dot(a, a), this.dot(a, b), this.dot(b, b)] : [this.dot(a, a), 0, 1];
    const whole = aa * bb - ab * ab;
    if (whole < 1e-6) return this.z.slice();
    const s = (bb * want[0] - ab * (want[1] ?? 0)) / whole;
    const t = (aa * (want[1] ?? 0) - ab * want[0]) / whole;
    return this.z.map((value, j) => value + s * at(a, j) + (b === undefined ? 0 : t * at(b, j)));
  }

  move(rows, values) {
    if (this.psi < 0.05) this.psi = 1; // from the very centre there is no way back out but a new one
    this.settle(this.shifted(rows, values));
    this.rest();
  }

  // Truncation: z = psi * base. The base stays, so that the way back is open, until something else moves z.
  drawIn(psi) {
    this.base ??= this.z.map((value) => value / Math.max(this.psi, 1e-6));
    this.psi = psi;
    this.settle(this.base.map((value) => value * psi), this.base);
    this.rest();
  }

  settle(z, base = null) {
    cancelAnimationFrame(this.gliding);
    Object.assign(this, { z, base, preview: null });
    this.wake();
  }

  glide(goal) {
    cancelAnimationFrame(this.gliding);
    const from = this.z;
    const began = performance.now();
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - began) / GLIDE));
      const s = t * t * (3 - 2 * t);
      this.z = goal.map((value, j) => from[j] + s * (value - from[j]));
      Object.assign(this, { base: null, preview: null });
      this.draw();
      if (t < 1) this.gliding = requestAnimationFrame(step);
      else this.refresh();
    };
    this.gliding = requestAnimationFrame(step);
  }

  place(event) {
    const { about } = this.decoder;
    const { clientWidth: width, clientHeight: height } = this.pad;
    const clip = (v) => Math.min(about.reach, Math.max(-about.reach, v));
    return [clip((event.offsetX / width - 0.5) * 2 * about.reach), clip((0.5 - event.offsetY / height) * 2 * about.reach)];
  }

  put(event) {
    this.tip.hidden = true;
    this.move(this.axes, this.place(event));
  }

  look(event) {
    this.preview = event && this.decoder && !shelf.walking ? this.shifted(this.axes, this.place(event)) : null;
    const index = event ? this.nearest(event) : -1;
    const hole = event && index < 0 && this.hole(this.place(event));
    this.tip.hidden = index < 0 && !hole;
    if (!this.tip.hidden) {
      this.tip.textContent = hole
        ? this.data.words.hole.replace("{n}", Math.round(hole.missing))
        : this.decoder.about.classes[this.decoder.arrays.labels[index]];
      Object.assign(this.tip.style, { left: `${event.offsetX}px`, top: `${event.offsetY}px` });
    }
    this.wake();
  }

  nearest({ offsetX, offsetY }) {
    if (!this.spots || !this.decoder.arrays.labels) return -1;
    let [best, least] = [-1, 100];
    for (let i = 0; i < this.spots.length / 2; i++) {
      const distance = (this.spots[2 * i] - offsetX) ** 2 + (this.spots[2 * i + 1] - offsetY) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const size = event.shiftKey ? 0.5 : 0.1;
    this.move(this.axes, this.coordinates(this.z).map((value, i) => value + size * way[i]));
  }

  turn(side, row) {
    const i = side === "across" ? 0 : 1;
    if (this.axes[1 - i] === row) this.axes[1 - i] = this.axes[i]; // the same twice is no plane: they change places
    this.axes[i] = row;
    this.chooseAxes();
    this.refresh();
  }

  // What was not told yet is no longer so: the page has moved z itself.
  quiet() {
    clearTimeout(this.resting);
    this.untold = false;
  }

  // Tell the page, as soon as nothing has moved for a moment and no button is held.
  rest(wait = REST) {
    clearTimeout(this.resting);
    this.untold = true;
    this.resting = setTimeout(() => {
      if (this.pressed || this.held) return;
      this.untold = false;
      const z = Array.from(this.z, (value) => Math.round(value * 1000) / 1000);
      this.z = Float32Array.from(z); // what is shown is what the address says
      this.wake();
      shelf.tell?.({ z, psi: this.psi, revision: this.revision, decoder: this.decoder.name, label: this.decoder.label });
      if (this.z.length > 2) this.refresh();
    }, wait);
  }

  // ---------------------------------------------------------------- drawing

  wake() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  // The still parts are drawn again: another size, theme, plane or decoder.
  refresh() {
    this.scrubbed ||= this.decoder?.away;
    this.paper = this.ground = null;
    this.decoder?.show?.(this.axes, this.shifted(this.axes, [0, 0]));
    if (this.decoder && this.layer === "decoded") this.tile();
    else if (this.decoder && this.layer) this.ask();
    this.wake();
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.decoder || !this.pad.clientWidth) return;
    const began = performance.now();
    const z = this.preview ?? this.z;
    if (this.points) this.drawPlane(z);
    else {
      paint(this.decoder.decode(z), 0, this.decoder.shape[2], this.image);
      this.picture.getContext("2d").putImageData(this.image, 0, 0);
    }
    this.drawPad(z);
    this.follow(z);
    shelf.z = z;
    shelf.dispatchEvent(new Event("z"));
    this.measure(performance.now() - began);
  }

  // The median of the last frames: the first ones, and those that draw the still parts too, say little.
  measure(milliseconds) {
    const count = (this.picture.dataset.drawn = Number(this.picture.dataset.drawn ?? 0) + 1);
    this.costs[count % this.costs.length] = milliseconds;
    if (count % 10 || count < this.costs.length || this.decoder.remote) return;
    const median = this.costs.slice().sort()[this.costs.length >> 1];
    this.caption.textContent = this.data.words.cost.replace("{ms}", median.toFixed(1));
  }

  follow(z) {
    for (const { row, input, output } of this.rows) {
      const value = this.along(row, z);
      if (Math.abs(input.value - value) > 0.006) input.value = value;
      output.textContent = value.toFixed(2);
    }
    const [, input, output] = this.psiRow.children;
    input.value = this.psi;
    output.textContent = this.psi.toFixed(2);
  }

  // What stays while z moves, drawn once on a sheet of its own.
  sheet(canvas, draw) {
    const sheet = new OffscreenCanvas(canvas.width, canvas.height);
    const context = sheet.getContext("2d");
    context.scale(window.devicePixelRatio, window.devicePixelRatio);
    draw(context, canvas.clientWidth, canvas.clientHeight);
    return sheet;
  }

  drawPad(z) {
    const [context, width, height] = sized(this.pad);
    this.paper ??= this.sheet(this.pad, (context, w, h) => this.drawMap(context, w, h));
    context.drawImage(this.paper, 0, 0, width, height);
    if (this.preview) this.ring(context, this.spot(this.coordinates(this.z)), 5, 0.4);
    this.ring(context, this.spot(this.coordinates(z)), 8, 1);
  }

  spot([a, b], canvas = this.pad) {
    const { reach } = this.decoder.about;
    return [(a / reach / 2 + 0.5) * canvas.clientWidth, (0.5 - b / reach / 2) * canvas.clientHeight];
  }

  ring(context, [x, y], radius, alpha, fill) {
    context.globalAlpha = alpha;
    for (const [colour, width] of [["#000", 5], ["#fff", 2.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      if (fill) context.fillStyle = fill;
      if (fill) context.fill();
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  // The theme whose colours are seen on the pad: decoded pictures have a dark ground.
  ink() {
    return this.layer === "decoded" ? 1 : this.theme;
  }

  colour(name, theme = this.theme) {
    return this.data.colours[name][theme];
  }

  drawMap(context, width, height) {
    const { about, arrays } = this.decoder;
    const tiled = this.layer === "decoded" && this.tiles?.of === this.decoder;
    const answer = this.answer();
    context.imageSmoothingEnabled = false;
    if (tiled) {
      context.fillRect(0, 0, width, height);
      context.globalAlpha = arrays.codes ? 0.6 : 1; // the codes come first
      context.drawImage(this.tiles, 0, 0, width, height);
      context.globalAlpha = 1;
    }
    if (answer) this.drawLayer(context, answer, width, height);
    this.explain(answer);
    const theme = this.ink();
    this.drawPrior(context, about.uniform, this.colour("z", theme));
    if (this.points) this.drawMesh(context, (places) => places.map((place) => this.spot(place)));
    const codes = arrays.codes ?? (this.points ? arrays.noise : null);
    this.spots = null;
    if (!codes) return;
    const [d, n] = [this.z.length, codes.length / this.z.length];
    this.spots = new Float32Array(2 * n);
    context.globalAlpha = 0.85;
    for (let i = 0; i < n; i++) {
      const code = codes.subarray(i * d, (i + 1) * d);
      const [x, y] = this.spot(this.coordinates(code));
      this.spots.set([x, y], 2 * i);
      const label = arrays.labels?.[i];
      const named = arrays.codes ? (label === undefined ? "real" : null) : "generated";
      context.fillStyle = named ? this.colour(named, theme) : this.data.classes[label % this.data.classes.length][theme];
      context.fillRect(x - 1.75, y - 1.75, 3.5, 3.5);
    }
    context.globalAlpha = 1;
  }

  // ---------------------------------------------------------------- layers that the page works out

  // What is shown: a layer of a plane, at another moment of training if the time machine has gone there.
  wanted() {
    const base = Array.from(this.shifted(this.axes, [0, 0]), (value) => Math.round(100 * value) / 100 + 0);
    const step = this.decoder.away ? this.decoder.edition : null;
    return { kind: this.layer, axes: this.axes, base, label: this.decoder.label, step };
  }

  ask(wanted = this.wanted()) {
    const key = JSON.stringify(wanted);
    if (key === this.asked || this.answers.has(key)) return;
    this.asked = key;
    shelf.want?.({ ...wanted, decoder: this.decoder.name });
  }

  receive(layer) {
    if (!layer || layer.decoder !== this.decoder?.name) return;
    const { kind, axes, base, label, step } = layer;
    if (this.answers.size > MOST_ANSWERS) this.answers.clear();
    this.answers.set(JSON.stringify({ kind, axes, base, label, step }), layer);
    this.asked = null;
    this.refresh();
    if (this.answer() && this.scrubbed) this.askAhead();
  }

  // Once the hand has been elsewhere in time, the other moments are asked for, the next one first.
  askAhead() {
    const wanted = this.wanted();
    const steps = Object.keys(shelf.film?.moments ?? {}).map(Number);
    const missing = steps.filter((step) => !this.answers.has(JSON.stringify({ ...wanted, step })));
    const far = (step) => Math.abs(Math.log1p(step) - Math.log1p(wanted.step ?? Math.max(...steps)));
    missing.sort((a, b) => far(a) - far(b));
    if (missing.length) this.ask({ ...wanted, step: missing[0] });
  }

  // What the page has answered to what is shown now.
  answer() {
    return this.decoder && (this.answers.get(JSON.stringify(this.wanted())) ?? null);
  }

  drawLayer(context, { kind, side, values, colour, holes }, width, height) {
    const image = new ImageData(side, side);
    const shades = kind === "class" ? this.data.classes.map((pair) => pair[this.theme]) : [this.colour(colour)];
    const rgb = shades.map((shade) => shade.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16)));
    bytesOf(values).forEach((value, i) => {
      const [shade, alpha] = kind === "class" ? [rgb[value % rgb.length], value === 255 ? 0 : 110] : [rgb[0], 0.85 * value];
      image.data.set([...shade, alpha], 4 * i);
    });
    const sheet = new OffscreenCanvas(side, side);
    sheet.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = kind !== "class";
    context.drawImage(sheet, 0, 0, width, height);
    context.strokeStyle = this.colour("generated");
    context.lineWidth = 2;
    context.setLineDash([5, 4]);
    for (const { x, y, radius } of holes) {
      context.beginPath();
      context.arc(...this.spot([x, y]), this.spot([radius, 0])[0] - this.spot([0, 0])[0], 0, 2 * Math.PI);
      context.stroke();
    }
    context.setLineDash([]);
  }

  explain(answer) {
    const scale = this.said.lastElementChild;
    const waiting = this.layer && this.layer !== "decoded" && !answer && this.isPlane();
    scale.hidden = !waiting && (!answer || answer.kind === "class");
    if (waiting || answer?.note) scale.replaceChildren(answer?.note ?? this.data.words.working);
    if (scale.hidden || waiting || answer.note) return;
    const ramp = create("i", {});
    ramp.style.setProperty("--colour", this.colour(answer.colour));
    scale.replaceChildren(answer.low, ramp, answer.high);
  }

  hole([x, y]) {
    return this.answer()?.holes.find((hole) => (hole.x - x) ** 2 + (hole.y - y) ** 2 < hole.radius ** 2);
  }

  drawPrior(context, uniform, colour) {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    for (const size of uniform ? [1] : [1, 2, 3]) {
      const [x, y] = this.spot([0, 0]);
      const r = this.spot([size, 0])[0] - x;
      context.globalAlpha = 0.75 / size;
      context.beginPath();
      if (uniform) context.rect(x - r, y - r, 2 * r, 2 * r);
      else context.arc(x, y, r, 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  // ---------------------------------------------------------------- decoders of points

  drawPlane(z) {
    const [context, width, height] = sized(this.picture);
    this.ground ??= this.sheet(this.picture, (context) => this.drawGround(context));
    context.drawImage(this.ground, 0, 0, width, height);
    const [x, y] = this.decoder.decode(z);
    this.ring(context, this.inPlane([x, y]), 8, 1, this.colour("generated"));
  }

  inPlane([x, y]) {
    const [x0, x1, y0, y1] = this.decoder.about.extent;
    const { clientWidth: width, clientHeight: height } = this.picture;
    return [((x - x0) / (x1 - x0)) * width, ((y1 - y) / (y1 - y0)) * height];
  }

  drawGround(context) {
    const { real, noise } = this.decoder.arrays;
    this.drawMesh(context, (places) => {
      const samples = this.decoded(places);
      return places.map((_, i) => this.inPlane(samples.subarray(2 * i, 2 * i + 2)));
    });
    const n = noise.length / this.z.length;
    this.dots(context, this.decoder.decode(noise, n).subarray(0, 2 * n), this.colour("generated"), 0.75);
    this.dots(context, real, this.colour("real"), 0.75);
  }

  dots(context, points, colour, alpha) {
    context.fillStyle = colour;
    context.globalAlpha = alpha;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = this.inPlane([points[i], points[i + 1]]);
      context.fillRect(x - 1.25, y - 1.25, 2.5, 2.5);
    }
    context.globalAlpha = 1;
  }

  decoded(places) {
    const z = new Float32Array(places.length * this.z.length);
    places.forEach((place, i) => z.set(this.shifted(this.axes, place), i * this.z.length));
    return this.decoder.decode(z, places.length);
  }

  // Lines of a net over the middle of the pad, wherever `map` takes them.
  drawMesh(context, map) {
    const end = this.decoder.about.uniform ? 1 : Math.min(2.5, this.decoder.about.reach);
    const at = (i) => -end + (2 * end * i) / MESH;
    const steps = [...Array(4 * MESH + 1).keys()].map((i) => at(i / 4));
    context.strokeStyle = this.colour("z");
    context.lineWidth = 0.75;
    context.globalAlpha = 0.6;
    for (let i = 0; i <= MESH; i++) {
      for (const line of [steps.map((s) => [at(i), s]), steps.map((s) => [s, at(i)])]) {
        context.beginPath();
        map(line).forEach(([x, y]) => context.lineTo(x, y));
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  // ---------------------------------------------------------------- the decoded plane behind the pad

  tile() {
    const { decoder } = this;
    const [height, width, channels] = decoder.shape;
    const key = JSON.stringify([decoder.edition, decoder.label, this.axes, Array.from(this.shifted(this.axes, [0, 0]), (v) => Math.round(100 * v))]);
    if (key === this.tileKey && this.tiles?.of === decoder) return;
    const sheet = this.tiles?.of === decoder ? this.tiles : new OffscreenCanvas(TILES * width, TILES * height);
    Object.assign(this, { tileKey: key, tiles: Object.assign(sheet, { of: decoder }) });
    const { reach } = decoder.about;
    const middle = (i) => ((2 * i + 1) / TILES - 1) * reach;
    const context = sheet.getContext("2d");
    const image = new ImageData(width, height);
    let next = 0;
    const work = () => {
      if (this.tileKey !== key || this.decoder !== decoder) return;
      const until = performance.now() + SLICE;
      while (next < TILES * TILES && performance.now() < until) {
        const [column, row] = [next % TILES, Math.floor(next / TILES)];
        paint(decoder.decode(this.shifted(this.axes, [middle(column), -middle(row)])), 0, channels, image);
        context.putImageData(image, column * width, row * height);
        next++;
      }
      if (next % (4 * TILES) < TILES || next >= TILES * TILES) this.paper = null;
      this.wake();
      if (next < TILES * TILES) requestAnimationFrame(work);
    };
    requestAnimationFrame(work);
  }

  end() {
    clearTimeout(this.resting);
    if (shelf.hand === this.hand) shelf.hand = null;
    for (const frame of [this.frame, this.gliding]) cancelAnimationFrame(frame);
    for (const what of ["decoder", "point"]) shelf.removeEventListener(what, this.take);
    shelf.removeEventListener("layer", this.served);
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, this.freed);
    this.resizing.disconnect();
    this.tileKey = null;
  }
}

export default function ({ data, parentElement }) {
  const desk = desks.get(parentElement) ?? new Desk(parentElement);
  desks.set(parentElement, desk);
  desk.show(data);
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (desk.call = {});
  return () => {
    if (desk.call !== call) return;
    desk.end();
    desks.delete(parentElement);
  };
}
