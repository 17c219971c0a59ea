// z wanders by itself from draw to draw of the prior, along great circles where codes are normal, straight where they
// are uniform, so that it keeps to lengths that the decoder knows. The desk follows as it follows a hand (shelf.hand);
// whoever takes hold of anything that moves z ends the walk.
const walks = new WeakMap();
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());
const STRETCH = 2.5; // seconds from one draw to the next, at speed 1

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const length = (z) => Math.hypot(...z);

class Walk {
  constructor(root) {
    this.root = root.querySelector(".walk");
    [this.button, this.speed] = this.root.children;
    this.button.onclick = () => (shelf.walking ? this.halt() : this.start());
    // Whatever else is pressed has to find z where it is seen.
    this.pressed = (event) => shelf.walking && !event.composedPath().includes(this.root) && this.halt();
    document.addEventListener("pointerdown", this.pressed, true);
    // Where z is not where the walk has put it, somebody else has moved it, and tells the page.
    this.seen = () => shelf.walking && ![this.z, this.before].includes(shelf.hand.now().z) && this.stop();
    shelf.addEventListener("z", this.seen);
  }

  show({ words }) {
    this.button.textContent = words.walk;
    this.button.title = words.help;
    this.speed.setAttribute("aria-label", words.speed);
    this.speed.title = words.speed;
  }

  start() {
    const desk = shelf.hand?.now();
    if (!desk?.decoder) return;
    desk.quiet(); // what the hand was about to tell is told when the walk ends
    this.from = this.z = desk.z;
    this.goal = this.draw();
    this.t = 0;
    this.last = performance.now();
    this.walk(true);
    this.frame = requestAnimationFrame((now) => this.step(now));
  }

  draw() {
    const { psi, decoder } = shelf.hand.now();
    const { about, latent_dim } = decoder;
    return Float32Array.from({ length: latent_dim }, () => psi * (about.uniform ? 2 * Math.random() - 1 : normal()));
  }

  step(now) {
    if (!shelf.hand) return this.stop();
    const passed = Math.min(100, Math.max(0, now - this.last)) / 1000; // in another tab no time passes
    this.last = now;
    this.t += (passed * Number(this.speed.value)) / STRETCH;
    if (this.t >= 1) this.turn();
    this.before = this.z;
    this.z = this.between(this.t);
    shelf.hand.move(this.z);
    this.frame = requestAnimationFrame((next) => this.step(next));
  }

  // On to another draw; what lies behind the map is made anew for the plane that z has come to.
  turn() {
    Object.assign(this, { from: this.goal, goal: this.draw(), t: this.t % 1 });
    if (this.z.length > 2) shelf.hand.now().refresh();
  }

  between(t) {
    const { from, goal } = this;
    const [a, b] = [length(from), length(goal)];
    const cosine = from.reduce((sum, value, j) => sum + value * goal[j], 0) / (a * b);
    const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
    if (shelf.decoder.about.uniform || !(Math.sin(angle) > 1e-3)) return from.map((value, j) => value + t * (goal[j] - value));
    const [s, e] = [Math.sin((1 - t) * angle) / a, Math.sin(t * angle) / b].map((x) => (x / Math.sin(angle)) * (a + t * (b - a)));
    return from.map((value, j) => s * value + e * goal[j]);
  }

  walk(walking) {
    shelf.walking = walking;
    this.button.setAttribute("aria-pressed", String(walking));
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.walk(false);
  }

  halt() {
    this.stop();
    shelf.hand?.rest(0);
  }

  end() {
    this.stop();
    document.removeEventListener("pointerdown", this.pressed, true);
    shelf.removeEventListener("z", this.seen);
  }
}

export default function ({ data, parentElement }) {
  const walk = walks.get(parentElement) ?? new Walk(parentElement);
  walks.set(parentElement, walk);
  walk.show(data);
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (walk.call = {});
  return () => {
    if (walk.call !== call) return;
    walk.end();
    walks.delete(parentElement);
  };
}
