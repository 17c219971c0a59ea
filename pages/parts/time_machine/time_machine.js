// Training as a film that the hand moves: one position in time for samples, codes, the picture of z and the losses.
// Below it, one z through time: as soon as the page has brought the decoders of the moments, it follows z in the browser.
// Between two moments that were kept, pictures are blended and codes go straight from one place to the other.
// What moves it moves the decoder on the shelf of the page too, see decoder.js.
const machines = new WeakMap();
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());
const SECONDS = 8; // the whole of training, when it plays
const REST = 250; // milliseconds without movement that count as rest
const SLICE = 5; // milliseconds of a frame that the pictures of z may take
const IN_A_ROW = 8; // pictures of z side by side...
const WIDEST = 192; // ...and CSS pixels of one at most

class Machine {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    [this.button, this.slider, this.now] = ["button", "input", "output"].map(find);
    this.figures = Object.fromEntries(["samples", "codes", "z", "losses", "film"].map((name) => [name, find(`.${name}`)]));
    this.sheets = {};
    this.film = {};
    this.slider.oninput = () => {
      this.play(false);
      this.go(Number(this.slider.value));
      this.rest();
    };
    this.slider.onpointerdown = () => (this.held = true);
    this.slider.onpointerup = this.slider.onpointercancel = () => {
      this.held = false;
      this.rest();
    };
    this.slider.onkeydown = (event) => this.key(event);
    this.button.onclick = () => {
      this.play(!this.playing);
      if (!this.playing) this.rest();
    };
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(root.querySelector(".machine"));
    this.moved = () => this.follow();
    for (const what of ["z", "film", "decoder"]) shelf.addEventListener(what, this.moved);
    this.figures.film.firstElementChild.onclick = (event) => this.pick(event);
  }

  show(data, tell) {
    const last = data.steps.length - 1;
    this.theme = isDark(this.root.querySelector(".machine")) ? 1 : 0;
    const fresh = data.name !== this.data?.name || (data.at !== this.data.at && !this.held && !this.resting);
    if (data.name !== this.data?.name) {
      cancelAnimationFrame(this.film.frame);
      Object.assign(this, { film: {}, sheets: {} });
    }
    Object.assign(this, { data, tell });
    this.slider.max = last;
    this.slider.setAttribute("aria-label", data.words.time);
    this.button.setAttribute("aria-label", data.words.play);
    for (const [name, figure] of Object.entries(this.figures)) {
      figure.firstElementChild.setAttribute("aria-label", data.words[name]);
      figure.lastElementChild.textContent = data.words[name];
    }
    this.figures.losses.lastElementChild.replaceChildren(...data.curves.map(({ name, colour }) => {
      const entry = Object.assign(document.createElement("span"), { textContent: name });
      entry.style.setProperty("--colour", colour[this.theme]);
      return entry;
    }));
    this.codes = data.codes ? new Float32Array(bytesOf(data.codes).buffer) : null;
    this.labels = data.labels ? new Uint16Array(bytesOf(data.labels).buffer) : null;
    this.figures.codes.hidden = !this.codes;
    this.figures.z.hidden = this.figures.film.hidden = !data.strip;
    this.figures.losses.hidden = !data.curves.length;
    this.open("samples", data.sheet);
    this.open("z", data.strip);
    this.go(fresh ? this.among(data.steps, data.at ?? Infinity) : Math.min(this.position, last));
  }

  async open(name, source) {
    if (!source || source === this.sheets[name]?.source) return;
    const kept = (this.sheets[name] = { source });
    kept.picture = await createImageBitmap(await (await fetch(source)).blob());
    if (this.sheets[name] !== kept) return kept.picture.close(); // a newer one is on its way
    if (name === "z") this.layOut(kept.picture);
    this.draw();
  }

  // ---------------------------------------------------------------- one z through time

  // The page's own pictures of z, side by side: what is seen until the decoders are here.
  layOut(picture) {
    const moments = String(this.data.strip_steps);
    if (this.film.laid === moments && this.decoders().length) return;
    const n = this.data.strip_steps.length;
    const [side, height] = [picture.width / n, picture.height];
    const columns = n <= IN_A_ROW ? n : Math.ceil(n / 2);
    const canvas = this.figures.film.firstElementChild;
    Object.assign(canvas, { width: columns * side, height: Math.ceil(n / columns) * height });
    canvas.style.maxWidth = `${WIDEST * columns}px`;
    Object.assign(this.film, { columns, side, height, laid: moments, of: null, by: null });
    for (let i = 0; i < n; i++) canvas.getContext("2d").drawImage(picture, i * side, 0, side, height, ...this.cell(i));
    canvas.dataset.drawn = "by the page";
    this.follow();
  }

  cell(i) {
    const { columns, side, height } = this.film;
    return [(i % columns) * side, Math.floor(i / columns) * height, side, height];
  }

  // The decoder of each picture in the strip. They share everything but the weights with the one on the shelf.
  decoders() {
    const { film, decoder } = shelf;
    if (film?.film !== this.data?.name || decoder?.name.split(".")[0] !== film.film || decoder.remote) return [];
    const steps = this.data.strip_steps;
    if (this.film.of === decoder && this.film.moments === film.moments) return this.film.decoders;
    const decoders = steps.every((step) => step in film.moments) ? steps.map((step) => {
      const one = Object.assign(Object.create(decoder), { arrays: {} });
      one.take(step, { weights: film.moments[step].weights });
      return one;
    }) : [];
    Object.assign(this.film, { of: decoder, moments: film.moments, decoders });
    return decoders;
  }

  // z, or what it is asked to be, may have changed: then all its pictures are old.
  follow() {
    const { film } = this;
    const decoders = this.decoders();
    if (!decoders.length || !film.side || shelf.z?.length !== decoders[0].latent_dim) return;
    const { label } = decoders[0];
    if (film.z === shelf.z && film.label === label && film.by === decoders) return;
    Object.assign(film, { z: shelf.z, label, by: decoders, stale: decoders.length });
    film.frame ||= requestAnimationFrame(() => this.develop());
  }

  // As many new pictures as there is time for in a frame, in turn.
  develop() {
    const { film } = this;
    const until = performance.now() + SLICE;
    const canvas = this.figures.film.firstElementChild;
    const image = new ImageData(film.side, film.height);
    do {
      film.next = ((film.next ?? -1) + 1) % film.by.length;
      const [x, y] = this.cell(film.next);
      paint(film.by[film.next].decode(film.z), 0, film.of.shape[2], image);
      canvas.getContext("2d").putImageData(image, x, y);
    } while (--film.stale > 0 && performance.now() < until);
    canvas.dataset.drawn = film.stale ? "" : Array.from(film.z, (value) => Math.round(1000 * value) / 1000 + 0).join("_");
    film.frame = film.stale && requestAnimationFrame(() => this.develop());
    this.draw();
  }

  // A picture of the strip is a moment, too.
  pick({ offsetX, offsetY, target }) {
    const { columns, side } = this.film;
    const scale = target.width / target.clientWidth;
    const i = columns * Math.floor((offsetY * scale) / this.film.height) + Math.floor((offsetX * scale) / side);
    if (!(i in this.data.strip_steps)) return;
    this.play(false);
    this.go(this.among(this.data.steps, this.data.strip_steps[i]));
    this.rest();
  }

  // ---------------------------------------------------------------- moving through time

  play(playing) {
    this.playing = playing;
    this.button.setAttribute("aria-pressed", String(playing));
    cancelAnimationFrame(this.frame);
    if (!playing) return;
    const last = this.data.steps.length - 1;
    if (this.position >= last) this.position = 0;
    let before = performance.now();
    const tick = (now) => {
      const passed = Math.min(100, Math.max(0, now - before)); // in another tab no time passes
      this.go(Math.min(last, this.position + (passed / 1000 / SECONDS) * last));
      before = now;
      if (this.position < last) this.frame = requestAnimationFrame(tick);
      else this.play(false), this.rest();
    };
    this.frame = requestAnimationFrame(tick);
  }

  go(position) {
    this.position = position;
    this.slider.value = position;
    const { name, at, stops } = this.data;
    const filmed = Object.keys(shelf.film?.moments ?? {}).map(Number); // maybe not all that were kept
    shelf.stand?.(name, this.nearest(stops) === (at ?? stops.at(-1)) ? null : this.nearest(filmed));
    this.draw();
  }

  // The nearest of some moments: where nothing else is said, of those whose weights were kept.
  nearest(moments = this.data.stops) {
    return moments[Math.round(this.among(moments, this.step()))];
  }

  // Once nothing has moved for a while and no button is held: to the nearest moment whose weights were kept, and the
  // page comes along.
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = 0;
      const { name, stops } = this.data;
      if (this.held || this.playing || !stops.length) return;
      const step = this.nearest();
      this.go(this.among(this.data.steps, step));
      this.tell({ name, step });
    }, REST);
  }

  // The arrow keys go from moment to moment: by less, the slider would come back to where it was.
  key(event) {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const { stops } = this.data;
    if (!way || !stops.length) return;
    event.preventDefault();
    this.play(false);
    const next = stops.indexOf(this.nearest()) + way;
    this.go(this.among(this.data.steps, stops[Math.min(stops.length - 1, Math.max(0, next))]));
    this.rest();
  }

  // The training step at this position, and back: where a step lies among others.
  step() {
    const { steps } = this.data;
    const i = Math.min(Math.floor(this.position), steps.length - 1);
    return steps[i] + (this.position - i) * ((steps[i + 1] ?? steps[i]) - steps[i]);
  }

  among(steps, step) {
    const after = steps.findIndex((other) => other > step);
    if (after <= 0) return after < 0 ? steps.length - 1 : 0;
    return after - 1 + (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
  }

  draw() {
    if (!this.data) return;
    const { data } = this;
    const step = this.step();
    this.now.textContent = data.words.step.replace("{n}", Math.round(step).toLocaleString());
    this.slider.setAttribute("aria-valuetext", this.now.textContent);
    const sheet = this.sheets.samples?.picture;
    const [w, h] = sheet ? [sheet.width / data.columns, sheet.height / Math.ceil(data.steps.length / data.columns)] : [];
    const frame = (i) => [(i % data.columns) * w, Math.floor(i / data.columns) * h, w, h];
    if (sheet) this.blend("samples", sheet, this.position, data.steps.length, frame);
    const strip = this.figures.film.firstElementChild;
    const among = this.among(data.strip_steps, step);
    if (this.film.side) this.blend("z", strip, among, data.strip_steps.length, (i) => this.cell(i));
    if (this.codes) this.drawCodes();
    if (data.curves.length) this.drawLosses(step);
    this.figures.samples.dataset.step = Math.round(step);
  }

  // The frames of a sheet on either side of a position, the later one over the earlier; `cell` says where a frame lies.
  blend(name, sheet, position, count, cell) {
    const canvas = this.figures[name].firstElementChild;
    const [w, h] = cell(0).slice(2);
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const context = canvas.getContext("2d");
    const first = Math.min(count - 1, Math.floor(position));
    for (const [i, alpha] of [[first, 1], [Math.min(count - 1, first + 1), position - first]]) {
      context.globalAlpha = alpha;
      context.drawImage(sheet, ...cell(i), 0, 0, w, h);
    }
    context.globalAlpha = 1;
  }

  drawCodes() {
    const { data, codes, labels, position } = this;
    const [context, width, height] = sized(this.figures.codes.firstElementChild);
    const n = codes.length / 2 / data.steps.length;
    const first = Math.min(data.steps.length - 1, Math.floor(position));
    const [a, b] = [first, Math.min(data.steps.length - 1, first + 1)].map((i) => codes.subarray(2 * n * i, 2 * n * (i + 1)));
    const t = position - first;
    for (let i = 0; i < n; i++) {
      const [x, y] = [0, 1].map((axis) => a[2 * i + axis] + t * (b[2 * i + axis] - a[2 * i + axis]));
      context.fillStyle = data.colours[labels ? labels[i] % data.colours.length : 0][this.theme];
      context.fillRect((0.5 + x / data.reach / 2) * width - 1.75, (0.5 - y / data.reach / 2) * height - 1.75, 3.5, 3.5);
    }
  }

  drawLosses(step) {
    const [context, width, height] = sized(this.figures.losses.firstElementChild);
    const { curves, low, high } = this.data;
    const last = Math.max(1, this.data.steps.at(-1));
    for (const { x, y, colour } of curves) {
      context.strokeStyle = colour[this.theme];
      context.lineWidth = 1.5;
      context.beginPath();
      x.forEach((at, i) => context.lineTo((at / last) * width, (1 - (y[i] - low) / (high - low)) * (height - 12) + 6));
      context.stroke();
    }
    context.fillStyle = getComputedStyle(this.root.querySelector(".machine")).color;
    context.fillRect((step / last) * (width - 2), 0, 2, height);
  }

  end() {
    clearTimeout(this.resting);
    this.play(false);
    shelf.stand?.(this.data.name, null);
    for (const what of ["z", "film", "decoder"]) shelf.removeEventListener(what, this.moved);
    cancelAnimationFrame(this.film.frame);
    this.resizing.disconnect();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const machine = machines.get(parentElement) ?? new Machine(parentElement);
  machines.set(parentElement, machine);
  machine.show(data, (value) => setTriggerValue("rest", value));
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (machine.call = {});
  return () => {
    if (machine.call !== call) return;
    machine.end();
    machines.delete(parentElement);
  };
}
