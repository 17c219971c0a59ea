// A strip of frames as a loop without an end: neighbours are blended, so that it flows at the screen's own rate however
// few the frames are. Stops when out of sight, and begins at rest for visitors who asked for less motion.
const players = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

class Player {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.button = root.querySelector("button");
    this.slider = root.querySelector("input");
    this.position = 0;
    this.playing = !still.matches;
    this.visible = true;
    this.observer = new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      this.wake();
    });
    this.observer.observe(this.canvas);
    this.canvas.onclick = this.button.onclick = () => this.toggle();
    this.slider.oninput = () => {
      this.position = Number(this.slider.value);
      this.toggle(false);
      this.draw();
    };
    root.querySelector(".player").onkeydown = (event) => {
      if (event.key !== " " || event.target.closest("button")) return; // buttons do it by themselves
      event.preventDefault();
      this.toggle();
    };
  }

  async show(data) {
    this.data = data;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", data.alt);
    this.button.setAttribute("aria-label", data.words.play);
    this.slider.setAttribute("aria-label", data.words.position);
    this.slider.max = data.frames;
    this.offerFilm();
    this.root.querySelector(".player").style.maxWidth = data.most_width ? `${data.most_width}px` : "";
    if (data.sheet !== this.source) {
      this.source = data.sheet;
      const sheet = await createImageBitmap(await (await fetch(data.sheet)).blob());
      if (this.source !== data.sheet) return sheet.close();
      this.sheet?.close();
      this.sheet = sheet;
      const rows = Math.ceil(data.frames / data.columns);
      this.canvas.width = sheet.width / data.columns;
      this.canvas.height = sheet.height / rows;
      this.position %= data.frames;
    }
    this.toggle(this.playing);
    this.draw();
  }

  toggle(playing = !this.playing) {
    this.playing = playing;
    this.button.setAttribute("aria-pressed", String(playing));
    this.wake();
  }

  wake() {
    cancelAnimationFrame(this.frame);
    this.before = undefined;
    if (this.playing && this.visible && this.sheet) this.frame = requestAnimationFrame((now) => this.step(now));
  }

  step(now) {
    const { frames, frames_per_second } = this.data;
    const passed = this.before === undefined ? 0 : Math.min(now - this.before, 100);
    this.before = now;
    this.position = (this.position + (passed / 1000) * frames_per_second) % frames;
    this.draw();
    this.frame = requestAnimationFrame((next) => this.step(next));
  }

  draw() {
    if (!this.sheet) return;
    const { frames, columns } = this.data;
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d");
    const from = Math.floor(this.position) % frames;
    const put = (index, alpha) => {
      context.globalAlpha = alpha;
      const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
      context.drawImage(this.sheet, x, y, width, height, 0, 0, width, height);
    };
    put(from, 1);
    put((from + 1) % frames, this.position - Math.floor(this.position));
    this.slider.value = this.position;
  }

  // ------------------------------------------------------------ as a file

  offerFilm() {
    const kinds = ["video/webm", "video/mp4"];
    this.kind = globalThis.MediaRecorder ? kinds.find((kind) => MediaRecorder.isTypeSupported(kind)) : undefined;
    const wanted = Boolean(this.data.film && this.kind);
    if (!wanted) this.film?.remove();
    if (!wanted) return (this.film = null);
    if (!this.film) {
      this.film = Object.assign(document.createElement("button"), { type: "button", className: "film" });
      this.film.onclick = () => this.record();
      this.root.querySelector(".bar").append(this.film);
    }
    if (!this.film.disabled) this.film.textContent = this.data.words.video;
  }

  // One turn of the loop, drawn large on a canvas out of sight, at the speed it is shown at.
  async record() {
    const { frames, frames_per_second, film, words } = this.data;
    const { width, height } = this.canvas;
    const scale = Math.max(1, Math.floor(512 / Math.max(width, height)));
    const large = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
    const context = large.getContext("2d");
    context.imageSmoothingEnabled = false;
    const recorder = new MediaRecorder(large.captureStream(30), { mimeType: this.kind, videoBitsPerSecond: 4e6 });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    this.toggle(false);
    this.film.disabled = true;
    this.position = 0;
    recorder.start();
    const began = performance.now();
    for (let turn = 0; turn < 1 && this.sheet; ) {
      turn = Math.min(1, (performance.now() - began) / 1000 / (frames / frames_per_second));
      this.position = (turn * frames) % frames;
      this.draw();
      context.drawImage(this.canvas, 0, 0, large.width, large.height);
      this.film.textContent = `${Math.round(100 * turn)} %`;
      await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await stopped;
    if (!this.sheet || !this.film) return; // the visitor has left
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: this.kind }));
    link.download = `${film}.${this.kind.split("/")[1]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    Object.assign(this.film, { disabled: false, textContent: words.video });
  }

  end() {
    this.playing = false;
    this.source = null;
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.sheet?.close();
    this.sheet = null;
  }
}

export default function ({ data, parentElement }) {
  const player = players.get(parentElement) ?? new Player(parentElement);
  players.set(parentElement, player);
  player.show(data);
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (player.call = {});
  return () => {
    if (player.call !== call) return;
    player.end();
    players.delete(parentElement);
  };
}
