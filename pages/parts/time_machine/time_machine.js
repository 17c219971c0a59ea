// Training as a film that the hand moves: one position in time for samples, codes, the picture of z and the losses.
// Between two moments that were kept, pictures are blended and codes go straight from one place to the other.
// What moves it moves the decoder on the shelf of the page too, see decoder.js.
const machines = new WeakMap();
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());
const SECONDS = 8; // the whole of training, when it plays
const REST = 250; // milliseconds without movement that count as rest

class Machine {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    [this.button, this.slider, this.now] = ["button", "input", "output"].map(find);
    this.figures = Object.fromEntries(["samples", "codes", "z", "losses"].map((name) => [name, find(`.${name}`)]));
    this.sheets = {};
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
  }

  show(data, tell) {
    const last = data.steps.length - 1;
    this.theme = isDark(this.root.querySelector(".machine")) ? 1 : 0;
    const fresh = data.name !== this.data?.name || (data.at !== this.data.at && !this.held && !this.resting);
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
    this.labels = data.labels ? bytesOf(data.labels) : null;
    this.figures.codes.hidden = !this.codes;
    this.figures.z.hidden = !data.strip;
    this.figures.losses.hidden = !data.curves.length;
    this.open("samples", data.sheet);
    this.open("z", data.strip);
    this.go(fresh ? this.among(data.steps, data.at ?? Infinity) : Math.min(this.position, last));
  }

  async open(name, source) {
    if (!source || source === this.sheets[name]?.source) return;
    const kept = (this.sheets[name] = { source });
    kept.picture = await createImageBitmap(await (await fetch(source)).blob());
    this.draw();
  }

  play(playing) {
    this.playing = playing;
    this.button.setAttribute("aria-pressed", String(playing));
    cancelAnimationFrame(this.frame);
    if (!playing) return;
    const last = this.data.steps.length - 1;
    if (this.position >= last) this.position = 0;
    let before = performance.now();
    const tick = (now) => {
      this.go(Math.min(last, this.position + (Math.max(0, now - before) / 1000 / SECONDS) * last));
      before = now;
      if (this.position < last) this.frame = requestAnimationFrame(tick);
      else this.play(false), this.rest();
    };
    this.frame = requestAnimationFrame(tick);
  }

  go(position) {
    this.position = position;
    this.slider.value = position;
    const { name, at, strip_steps: kept } = this.data;
    const filmed = Object.keys(shelf.film?.moments ?? {}).map(Number); // maybe not all that were kept
    shelf.stand?.(name, this.nearest(kept) === (at ?? kept.at(-1)) ? null : this.nearest(filmed));
    this.draw();
  }

  // The nearest of some moments: where nothing else is said, of those whose weights were kept.
  nearest(moments = this.data.strip_steps) {
    return moments[Math.round(this.among(moments, this.step()))];
  }

  // Once nothing has moved for a while and no button is held: to the nearest moment whose weights were kept, and the
  // page comes along.
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = 0;
      const { name, strip_steps: kept } = this.data;
      if (this.held || this.playing || !kept.length) return;
      const step = this.nearest();
      this.go(this.among(this.data.steps, step));
      this.tell({ name, step });
    }, REST);
  }

  // The arrow keys go from moment to moment: by less, the slider would come back to where it was.
  key(event) {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const kept = this.data.strip_steps;
    if (!way || !kept.length) return;
    event.preventDefault();
    this.play(false);
    const next = kept.indexOf(this.nearest()) + way;
    this.go(this.among(this.data.steps, kept[Math.min(kept.length - 1, Math.max(0, next))]));
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
    this.blend("samples", this.position, data.columns, data.steps.length);
    this.blend("z", this.among(data.strip_steps, step), data.strip_steps.length, data.strip_steps.length);
    if (this.codes) this.drawCodes();
    if (data.curves.length) this.drawLosses(step);
    this.figures.samples.dataset.step = Math.round(step);
  }

  // The frames of a sheet on either side of a position, the later one over the earlier.
  blend(name, position, columns, count) {
    const picture = this.sheets[name]?.picture;
    const canvas = this.figures[name].firstElementChild;
    if (!picture || !count) return;
    const [w, h] = [picture.width / columns, picture.height / Math.ceil(count / columns)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const context = canvas.getContext("2d");
    const first = Math.min(count - 1, Math.floor(position));
    for (const [i, alpha] of [[first, 1], [Math.min(count - 1, first + 1), position - first]]) {
      context.globalAlpha = alpha;
      context.drawImage(picture, (i % columns) * w, Math.floor(i / columns) * h, w, h, 0, 0, w, h);
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
    this.resizing.disconnect();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const machine = machines.get(parentElement) ?? new Machine(parentElement);
  machines.set(parentElement, machine);
  machine.show(data, (value) => setTriggerValue("rest", value));
  return () => {
    machine.end();
    machines.delete(parentElement);
  };
}
