// A sheet to paint on: strokes are lists of round, soft dabs in the units of the plane.
const sheets = new WeakMap();
const GAP = 0.35; // dabs of a stroke lie this part of their radius apart

class Sheet {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    [this.canvas, this.hint, this.size, this.label] = [find("canvas"), find(".hint"), find("input"), find("label span")];
    [this.undo, this.clear, this.done] = [find(".undo"), find(".clear"), find(".done")];
    this.strokes = [];
    this.undo.onclick = () => this.keep(this.strokes.slice(0, -1));
    this.clear.onclick = () => this.keep([]);
    this.done.onclick = () => this.trigger("drawn", { dabs: this.dabs() });
    this.canvas.onpointerdown = (e) => this.begin(e);
    this.canvas.onpointermove = (e) => this.painting && this.along(e);
    this.canvas.onpointerup = this.canvas.onpointercancel = () => (this.painting = false);
    this.canvas.onkeydown = (e) => this.key(e);
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.canvas);
  }

  show(data, trigger) {
    Object.assign(this, { data, trigger });
    const { words } = data;
    this.canvas.setAttribute("aria-label", words.sheet);
    this.hint.textContent = words.hint;
    this.label.textContent = words.size;
    for (const name of ["undo", "clear", "done"]) this[name].textContent = words[name];
    this.draw();
  }

  dabs() {
    return this.strokes.flat();
  }

  keep(strokes) {
    this.strokes = strokes;
    this.draw();
  }

  place(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect(); // coalesced events have no offset everywhere
    const { reach } = this.data;
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    return [2 * x - 1, 1 - 2 * y].map((v) => reach * Math.min(1, Math.max(-1, v)));
  }

  begin(event) {
    if (event.button || !event.isPrimary || this.dabs().length >= this.data.most) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture?.(event.pointerId);
    this.painting = true;
    this.strokes.push([]);
    this.dab(this.place(event));
  }

  along(event) {
    if (!event.isPrimary) return;
    if (!event.buttons) return (this.painting = false); // let go where the page could not see it
    for (const e of event.getCoalescedEvents?.() ?? []) this.towards(this.place(e));
    this.towards(this.place(event));
  }

  // Dabs at equal distances, however fast the hand moves.
  towards([x, y]) {
    const [lx, ly, r] = this.strokes.at(-1).at(-1);
    const far = Math.hypot(x - lx, y - ly);
    const room = this.data.most - this.dabs().length;
    const n = Math.min(room, Math.floor(far / (GAP * r)));
    for (let i = 1; i <= n; i++) {
      const s = (i * GAP * r) / far;
      this.dab([lx + s * (x - lx), ly + s * (y - ly)]);
    }
  }

  dab([x, y]) {
    this.strokes.at(-1).push([x, y, Number(this.size.value)]);
    this.frame ||= requestAnimationFrame(() => this.draw()); // however many come in a frame, all are drawn once
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    this.cursor ??= [0, 0];
    if (way) this.cursor = this.cursor.map((v, i) => Math.min(this.data.reach, Math.max(-this.data.reach, v + 0.1 * way[i])));
    else if (this.dabs().length < this.data.most) {
      this.strokes.push([]);
      this.dab(this.cursor);
    }
    this.draw();
  }

  draw() {
    this.frame = 0;
    const side = this.canvas.clientWidth;
    if (!side || !this.data) return;
    const scale = window.devicePixelRatio;
    this.canvas.width = this.canvas.height = Math.round(side * scale);
    const c = this.canvas.getContext("2d");
    const unit = (this.canvas.width / 2) / this.data.reach;
    c.translate(this.canvas.width / 2, this.canvas.width / 2);
    c.scale(unit, -unit);
    const paper = getComputedStyle(this.canvas).getPropertyValue("--st-background-color").trim();
    const dark = parseInt(paper.slice(1, 3), 16) < 128 ? 1 : 0;
    const dabs = this.dabs();
    for (const [x, y, r] of dabs) {
      const ink = c.createRadialGradient(x, y, 0, x, y, r);
      ink.addColorStop(0, `${this.data.colours[dark]}40`);
      ink.addColorStop(1, `${this.data.colours[dark]}00`);
      c.fillStyle = ink;
      c.fillRect(x - r, y - r, 2 * r, 2 * r);
    }
    if (this.cursor) {
      c.strokeStyle = getComputedStyle(this.canvas).color;
      c.lineWidth = 1.5 / unit;
      c.beginPath();
      c.arc(...this.cursor, Number(this.size.value), 0, 2 * Math.PI);
      c.stroke();
    }
    this.hint.hidden = dabs.length > 0;
    this.hint.style.display = dabs.length ? "none" : "";
    this.undo.disabled = this.clear.disabled = this.done.disabled = !dabs.length;
    this.canvas.dataset.dabs = dabs.length;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const sheet = sheets.get(parentElement) ?? new Sheet(parentElement);
  sheets.set(parentElement, sheet);
  sheet.show(data, setTriggerValue);
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (sheet.call = {});
  return () => {
    if (sheet.call !== call) return;
    sheet.resizing.disconnect();
    cancelAnimationFrame(sheet.frame);
    sheets.delete(parentElement);
  };
}
