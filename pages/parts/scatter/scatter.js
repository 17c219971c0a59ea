// Points coloured by class on one canvas. The same points in new places glide there; the axes follow slowly, so that
// what moves is the points and not the page. Hover tells, a click or Enter picks, the legend brings one class forward,
// a drag with Shift or with a tool chooses several. The pictures of the points come from the shelf (code_sheet.js).
const charts = new WeakMap();
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
// CSS pixels within which a point is meant.
const NEAR = 14;

const ease = (t) => t * t * (3 - 2 * t);

function dot(colour, radius) {
  const side = Math.ceil(2 * radius + 2);
  const stamp = new OffscreenCanvas(side, side);
  const context = stamp.getContext("2d");
  context.fillStyle = colour;
  context.arc(side / 2, side / 2, radius, 0, 2 * Math.PI);
  context.fill();
  return stamp;
}

// The square that holds nearly all points. The old one is kept while it still fits: axes that creep are hard to read.
function bounds(points, old) {
  let reach = 1e-3;
  const sorted = Float32Array.from(points, Math.abs).sort();
  if (sorted.length) reach = Math.max(reach, sorted[Math.floor(0.995 * (sorted.length - 1))] * 1.12);
  if (old && reach <= old[1] && reach >= 0.6 * old[1]) return old;
  return [-reach, reach, -reach, reach];
}

// A place is inside if a ray from it crosses the sides an odd number of times.
function inside(polygon, [x, y]) {
  let odd = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon.at(i - 1);
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
  });
  return odd;
}

class Scatter {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.tip = root.querySelector("output");
    this.legend = root.querySelector(".legend");
    this.tools = root.querySelector(".tools");
    this.points = new Float32Array();
    this.only = null;
    this.cursor = null;
    this.chosen = null;
    // "box", "lasso", or none: then a drag needs Shift.
    this.tool = null;
    this.pictures = false;
    // Places of the drag that chooses.
    this.trail = null;
    this.redraw = () => this.draw();
    shelf.addEventListener("sheet", this.redraw);
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.canvas);
    this.canvas.onpointerdown = (event) => this.press(event);
    this.canvas.onpointermove = (event) => (this.trail ? this.drag(event) : this.hover(this.place(event)));
    this.canvas.onpointerup = () => this.release();
    this.canvas.onpointercancel = () => this.drop();
    // What a finger has shown stays when it is lifted.
    this.canvas.onpointerleave = (event) => event.pointerType !== "touch" && this.hover(null);
    this.canvas.onblur = () => this.hover(null);
    this.canvas.onclick = (event) => this.dragged || this.choose(this.place(event));
    this.canvas.onkeydown = (event) => this.key(event);
  }

  show(data, pick, select) {
    Object.assign(this, { data, pick, select, chosen: data.chosen && new Set(data.chosen) });
    this.canvas.setAttribute("aria-label", data.alt);
    this.root.querySelector(".scatter").style.maxWidth = data.most_width ? `${data.most_width}px` : "";
    const theme = isDark(this.root.querySelector(".scatter")) ? 1 : 0;
    this.colours = data.colours.map((pair) => pair[theme]);
    // Other data may have come.
    if (this.only >= data.classes.length) this.only = null;
    this.drawLegend();
    this.drawTools();
    this.background(data.background);
    if (data.points !== this.source) this.move(data);
    else this.draw();
  }

  background(url) {
    if (url === this.backgroundSource) return;
    this.backgroundSource = url;
    this.picture = null;
    if (!url) return;
    fetch(url).then(async (answer) => {
      const picture = await createImageBitmap(await answer.blob());
      if (url !== this.backgroundSource) return picture.close();
      this.picture = picture;
      this.draw();
    });
  }

  move(data) {
    const target = new Float32Array(bytesOf(data.points).buffer);
    const labels = new Uint16Array(bytesOf(data.labels).buffer);
    const view = data.extent ?? bounds(target, this.view);
    const same = data.labels === this.labelSource && target.length === this.points.length && !still.matches;
    const [from, fromView] = same ? [this.points.slice(), this.view] : [target, view];
    Object.assign(this, { source: data.points, labelSource: data.labels, labels });
    this.points = same ? this.points : target.slice();

    cancelAnimationFrame(this.frame);
    const began = performance.now();
    const glide = (now) => {
      const t = same ? Math.min(1, Math.max(0, (now - began) / data.glide_ms)) : 1;
      const s = ease(t);
      for (let i = 0; i < target.length; i++) this.points[i] = from[i] + s * (target[i] - from[i]);
      this.view = view.map((end, i) => fromView[i] + s * (end - fromView[i]));
      this.draw();
      if (t < 1) this.frame = requestAnimationFrame(glide);
      else this.canvas.dataset.moved = Number(this.canvas.dataset.moved ?? 0) + 1;
    };
    glide(began);
  }

  drawLegend() {
    this.legend.setAttribute("aria-label", this.data.words.classes);
    this.buttons(this.legend, this.data.classes, (i) => this.only === i, (i) => (this.only = this.only === i ? null : i));
    [...this.legend.children].forEach((button, i) => button.style.setProperty("--colour", this.colours[i]));
  }

  drawTools() {
    const { tools } = this.data;
    const names = Object.keys(tools);
    this.tools.hidden = !names.length;
    const isOn = (i) => (names[i] === "pictures" ? this.pictures : this.tool === names[i]);
    this.buttons(this.tools, names.map((name) => tools[name][0]), isOn, (i) => {
      if (names[i] === "pictures") this.pictures = !this.pictures;
      else this.tool = this.tool === names[i] ? null : names[i];
    });
    names.forEach((name, i) => (this.tools.children[i].title = tools[name][1]));
    this.canvas.style.touchAction = this.tool ? "none" : "";
  }

  // Buttons that are made once and named anew; a press changes something, and all is drawn again.
  buttons(holder, names, isOn, act) {
    while (holder.children.length > names.length) holder.lastChild.remove();
    names.forEach((name, i) => {
      const button = holder.children[i] ?? holder.appendChild(document.createElement("button"));
      button.type = "button";
      if (button.textContent !== name) button.textContent = name;
      button.setAttribute("aria-pressed", String(isOn(i)));
      button.onclick = () => {
        act(i);
        this.drawLegend();
        this.drawTools();
        this.draw();
      };
    });
  }

  press(event) {
    this.dragged = false;
    if (!this.data.tools.lasso || !(this.tool || event.shiftKey) || event.button) return this.hover(this.place(event));
    this.canvas.setPointerCapture(event.pointerId);
    this.trail = [this.place(event)];
    this.hover(null);
  }

  drag(event) {
    // Let go where the page could not see it.
    if (!event.buttons) return this.drop();
    this.trail.push(this.place(event));
    this.draw();
  }

  outline() {
    if (this.tool !== "box") return this.trail;
    const [a, b] = [this.trail[0], this.trail.at(-1)];
    return [a, [b[0], a[1]], b, [a[0], b[1]]];
  }

  release() {
    if (!this.trail) return;
    const [polygon, [x, y]] = [this.outline(), this.trail[0]];
    this.dragged = polygon.some((place) => Math.hypot(place[0] - x, place[1] - y) > 6); // else it was a click
    if (this.dragged) {
      const all = [...this.labels.keys()].filter((i) => this.isOfClass(i) && inside(polygon, this.pixelOf(i)));
      this.chosen = all.length ? new Set(all) : null;
      this.select(all);
    }
    this.drop();
  }

  drop() {
    this.trail = null;
    this.draw();
  }

  isOfClass(i) {
    return this.only === null || this.labels[i] === this.only;
  }

  isLit(i) {
    return this.isOfClass(i) && (!this.chosen || this.chosen.has(i));
  }

  sheet() {
    return shelf.sheet?.name === this.data.sheet ? shelf.sheet : null;
  }

  pixelOf(i) {
    return this.toPixel(this.points[2 * i], this.points[2 * i + 1]);
  }

  toPixel(x, y) {
    const [x0, x1, y0, y1] = this.view;
    return [((x - x0) / (x1 - x0)) * this.width, ((y1 - y) / (y1 - y0)) * this.height];
  }

  toData([px, py]) {
    const [x0, x1, y0, y1] = this.view;
    return [x0 + (px / this.width) * (x1 - x0), y1 - (py / this.height) * (y1 - y0)];
  }

  place(event) {
    return [event.offsetX, event.offsetY];
  }

  draw() {
    if (!this.view || !this.canvas.clientWidth) return;
    const [context, width, height] = sized(this.canvas);
    Object.assign(this, { width, height }); // asking the canvas for every point would take longer than drawing it
    this.drawBackground(context);
    this.drawAxes(context, width, height);
    this.drawPoints(context, window.devicePixelRatio);
    if (this.pictures) this.drawPictures(context);
    for (const [n, i] of this.data.ringed.entries()) this.ring(context, this.pixelOf(i), n ? 4 : 8, 0.6);
    if (this.trail) this.drawTrail(context);
    if (this.data.marker) this.ring(context, this.toPixel(...this.data.marker), 7);
    if (this.cursor) this.ring(context, this.cursor, 4);
  }

  drawBackground(context) {
    if (!this.picture) return;
    const [x0, x1, y0, y1] = this.data.background_extent;
    const [left, top] = this.toPixel(x0, y1);
    const [right, bottom] = this.toPixel(x1, y0);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = 0.55;
    context.drawImage(this.picture, left, top, right - left, bottom - top);
    context.globalAlpha = 1;
  }

  drawAxes(context, width, height) {
    const style = getComputedStyle(this.canvas);
    const [x, y] = this.toPixel(0, 0).map((value) => Math.round(value) + 0.5);
    context.strokeStyle = style.borderTopColor;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
    context.fillStyle = style.color;
    context.globalAlpha = 0.6;
    context.font = `11px ${style.fontFamily}`;
    const [x0, x1, y0, y1] = this.view.map((value) => Number(value.toPrecision(2)).toString());
    context.fillText(x0, 5, y - 5);
    context.textAlign = "right";
    context.fillText(x1, width - 5, y - 5);
    context.textAlign = "left";
    context.fillText(y1, x + 5, 14);
    context.fillText(y0, x + 5, height - 6);
    context.globalAlpha = 1;
  }

  // A picture of a point for each colour, made anew when something about it has changed.
  dots(scale) {
    const look = [...this.colours, this.data.point_radius, scale].join();
    if (look !== this.look) this.stamps = this.colours.map((colour) => dot(colour, this.data.point_radius * scale));
    this.look = look;
    return this.stamps;
  }

  drawPoints(context, scale) {
    const stamps = this.dots(scale);
    for (let i = 0; i < this.labels.length; i++) {
      const label = this.labels[i];
      const [x, y] = this.pixelOf(i);
      const side = stamps[label].width / scale;
      context.globalAlpha = this.isLit(i) ? 0.85 : 0.08;
      context.drawImage(stamps[label], x - side / 2, y - side / 2, side, side);
    }
    context.globalAlpha = 1;
  }

  drawPictures(context) {
    const lit = [...this.labels.keys()].filter((i) => this.isLit(i));
    this.sheet()?.lay(context, lit, (i) => this.pixelOf(i), (i) => this.colours[this.labels[i]]);
  }

  drawTrail(context) {
    context.fillStyle = getComputedStyle(this.canvas).outlineColor;
    context.beginPath();
    this.outline().forEach((place) => context.lineTo(...place));
    context.globalAlpha = 0.25;
    context.fill();
    context.globalAlpha = 1;
  }

  ring(context, [x, y], radius, thick = 1) {
    const style = getComputedStyle(this.canvas);
    for (const [colour, width] of [[style.backgroundColor, 5], [style.color, 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width * thick;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  nearest([px, py]) {
    let best = -1;
    let least = NEAR * NEAR;
    for (let i = 0; i < this.labels.length; i++) {
      if (!this.isLit(i)) continue;
      const [x, y] = this.pixelOf(i);
      const distance = (x - px) ** 2 + (y - py) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  hover(place) {
    const index = place && this.view ? this.nearest(place) : -1;
    this.tip.hidden = !place || (index < 0 && !this.cursor);
    if (this.tip.hidden) return;
    const [x, y] = index < 0 ? this.toData(place) : this.points.subarray(2 * index, 2 * index + 2);
    const name = this.data.classes[this.labels[index]];
    this.tip.lastElementChild.textContent = `${name ? `${name} · ` : ""}${x.toFixed(2)}, ${y.toFixed(2)}`;
    this.tip.querySelectorAll("img").forEach((image, n) => {
      const url = index >= 0 && this.sheet()?.urlOf(index, n > 0);
      image.hidden = !url;
      if (url) Object.assign(image, { src: url, alt: this.data.words.pictures[n] });
    });
    const right = place[0] > this.canvas.clientWidth / 2;
    this.tip.style.left = `${place[0]}px`;
    this.tip.style.top = `${place[1]}px`;
    this.tip.style.transform = `translate(${right ? "calc(-100% - 12px)" : "12px"}, -50%)`;
  }

  choose(place) {
    if (!this.view) return;
    const [x, y] = this.toData(place);
    this.pick({ x, y, index: this.nearest(place) });
  }

  key(event) {
    const step = event.shiftKey ? 24 : 6;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const at = this.cursor ?? [width / 2, height / 2];
    if (event.key === "Enter") this.choose(at);
    else if (event.key === "Escape") this.cursor = null;
    else if (way) this.cursor = [at[0] + step * way[0], at[1] + step * way[1]].map((v) => Math.min(width, Math.max(0, v)));
    else return;
    event.preventDefault();
    this.hover(this.cursor);
    this.draw();
  }

  end() {
    shelf.removeEventListener("sheet", this.redraw);
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.backgroundSource = null;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const chart = charts.get(parentElement) ?? new Scatter(parentElement);
  charts.set(parentElement, chart);
  chart.show(
    data,
    (value) => setTriggerValue("pick", value),
    (value) => setTriggerValue("select", value),
  );
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (chart.call = {});
  return () => {
    if (chart.call !== call) return;
    chart.end();
    charts.delete(parentElement);
  };
}
