// A pad of strokes over a picture. What is on it is averaged down to the model's own pixels and sent at most every 150 ms
// while the hand moves, and at once when it rests. The strokes stay strokes, so that Undo takes back one at a time.
const EVERY = 150;
const pads = new WeakMap();

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const textOf = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const grey = (value) => `rgb(${value}, ${value}, ${value})`;

class Pad {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    [this.size, this.colour] = [".size", ".colour"].map((name) => root.querySelector(name));
    [this.eraser, this.undo, this.clear] = [".erase", ".undo", ".clear"].map((name) => root.querySelector(name));
    this.acts = []; // what is on the pad, from the bottom: pictures, blanks and strokes
    this.canvas.onpointerdown = (event) => this.begin(event);
    this.canvas.onpointermove = (event) => this.go(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = (event) => this.end(event);
    this.undo.onclick = () => this.back();
    this.clear.onclick = () => this.add({ blank: true });
    this.eraser.onclick = () => this.eraser.setAttribute("aria-pressed", String(!this.erasing()));
    this.colour.oninput = () => this.eraser.setAttribute("aria-pressed", "false");
    this.canvas.onkeydown = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      this.back();
    };
  }

  show(data, tell) {
    this.tell = tell;
    const { words, width, height, channels } = data;
    this.canvas.setAttribute("aria-label", words.pad);
    this.size.setAttribute("aria-label", words.size);
    this.size.title = words.size;
    this.colour.setAttribute("aria-label", words.colour);
    this.eraser.textContent = words.erase;
    this.undo.textContent = words.undo;
    this.clear.textContent = words.clear;
    this.root.querySelector(".pad").style.maxWidth = `${data.most_width}px`;
    const first = !this.data;
    const news = first || data.revision !== this.data.revision; // another start alone is what came from here
    this.data = data;
    if (first) {
      this.scale = Math.max(2, Math.round(320 / Math.max(width, height)));
      Object.assign(this.canvas, { width: width * this.scale, height: height * this.scale });
      this.canvas.style.aspectRatio = `${width} / ${height}`;
      this.colour.hidden = channels === 1;
      this.colour.value = `#${data.ink.toString(16).padStart(2, "0").repeat(3)}`;
    }
    if (news) {
      this.acts.push({ picture: bytesOf(data.start) });
      this.draw();
    }
    this.canvas.dataset.ready = data.revision;
  }

  erasing() {
    return this.eraser.getAttribute("aria-pressed") === "true";
  }

  // ------------------------------------------------------------ the hand

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * this.canvas.width,
      ((event.clientY - box.top) / box.height) * this.canvas.height,
    ];
  }

  begin(event) {
    if (!event.isPrimary || event.button) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const { channels, ink, ground } = this.data;
    const colour = this.erasing() ? grey(ground) : channels === 1 ? grey(ink) : this.colour.value;
    this.stroke = { points: [this.place(event)], colour, width: Number(this.size.value) * this.scale };
    this.below = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    this.acts.push(this.stroke);
    this.undo.disabled = false;
    this.paint(this.stroke);
    this.send(false);
  }

  go(event) {
    if (!this.stroke || !event.isPrimary) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.stroke.points.push(this.place(each));
    this.context.putImageData(this.below, 0, 0); // a soft edge that is painted twice is harder
    this.paint(this.stroke);
    this.send(false);
  }

  end(event) {
    if (!this.stroke || !event.isPrimary) return;
    this.stroke = null;
    this.send(true);
  }

  add(act) {
    this.acts.push(act);
    this.draw();
    this.send(true);
  }

  back() {
    if (!this.acts.length || this.stroke) return;
    this.acts.pop();
    this.draw();
    this.send(true);
  }

  // ------------------------------------------------------------ the picture

  draw() {
    this.paint({ blank: true });
    const floor = this.acts.findLastIndex((act) => act.picture || act.blank);
    for (const act of this.acts.slice(Math.max(0, floor))) this.paint(act);
    this.undo.disabled = !this.acts.length;
  }

  paint(act) {
    const { context, canvas, data, scale } = this;
    if (act.blank) {
      context.fillStyle = grey(data.ground);
      context.fillRect(0, 0, canvas.width, canvas.height);
    } else if (act.picture) {
      for (let i = 0; i < data.width * data.height; i++) {
        const [r, g, b] = [0, 1, 2].map((c) => act.picture[data.channels * i + (data.channels === 3 ? c : 0)]);
        context.fillStyle = `rgb(${r}, ${g}, ${b})`;
        context.fillRect((i % data.width) * scale, Math.floor(i / data.width) * scale, scale, scale);
      }
    } else {
      Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: act.colour, lineWidth: act.width });
      context.beginPath();
      const [x, y] = act.points[0];
      context.moveTo(x + 0.01, y); // a tap is a dot, but a line without length is none
      for (const point of act.points) context.lineTo(...point);
      context.stroke();
    }
  }

  // The mean over the block of pad pixels that lies on each pixel of the model: [H, W, C].
  small() {
    const { width, height, channels } = this.data;
    const { scale, canvas } = this;
    const large = this.context.getImageData(0, 0, canvas.width, canvas.height).data;
    const sums = new Float64Array(width * height * channels);
    for (let y = 0; y < canvas.height; y++) {
      for (let x = 0; x < canvas.width; x++) {
        const to = channels * (Math.floor(y / scale) * width + Math.floor(x / scale));
        const from = 4 * (y * canvas.width + x);
        for (let c = 0; c < channels; c++) sums[to + c] += large[from + c];
      }
    }
    return Uint8Array.from(sums, (sum) => Math.round(sum / (scale * scale)));
  }

  // ------------------------------------------------------------ to the page

  send(resting) {
    clearTimeout(this.timer);
    const wait = resting ? 0 : Math.max(0, (this.last ?? -EVERY) + EVERY - performance.now());
    this.timer = setTimeout(() => {
      this.last = performance.now();
      this.tell({ picture: textOf(this.small()), revision: this.data.revision, resting });
    }, wait);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const pad = pads.get(parentElement) ?? new Pad(parentElement);
  pads.set(parentElement, pad);
  pad.show(data, (value) => setStateValue("drawn", value));
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (pad.call = {});
  return () => {
    if (pad.call !== call) return;
    clearTimeout(pad.timer);
    pads.delete(parentElement);
  };
}
