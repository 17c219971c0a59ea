// A decoder of genmodels in the browser: runs the layers that genmodels/latent/export.py wrote down. Images are laid out
// channels last; a convolution is a matrix product over the patches of its input, so one product serves all layers.
// This element shows nothing: it puts the decoder on a shelf of the page, where the interactive parts find it.

// float16 to float32, through a table of all 65,536 values.
let halves = null;
function widen(half) {
  if (!halves) {
    halves = new Float32Array(65536);
    for (let i = 0; i < 65536; i++) {
      const [exponent, fraction] = [(i >> 10) & 31, i & 1023];
      const size =
        exponent === 0 ? fraction * 2 ** -24
        : exponent === 31 ? (fraction ? NaN : Infinity)
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
      halves[i] = i & 0x8000 ? -size : size;
    }
  }
  const wide = new Float32Array(half.length);
  for (let i = 0; i < half.length; i++) wide[i] = halves[half[i]];
  return wide;
}

const READERS = {
  float16: (buffer) => widen(new Uint16Array(buffer)),
  float32: (buffer) => new Float32Array(buffer),
  uint16: (buffer) => new Uint16Array(buffer),
};

// What `pack` of decoder/__init__.py made: the length of the header, the header as JSON, the arrays.
export function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const arrays = {};
  for (const [name, { type, offset, size }] of Object.entries(header.arrays)) {
    const begin = bytes.byteOffset + 4 + length + offset;
    arrays[name] = READERS[type](bytes.buffer.slice(begin, begin + size));
  }
  return { ...header, arrays };
}

// out[i, j] = b[j] + sum_k x[i, k] w[j, k]. Four by four at a time: each value read is used four times.
function multiply(x, rows, w, b, columns, size, out) {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const [p0, p1, p2, p3] = [i * size, (i + 1) * size, (i + 2) * size, (i + 3) * size];
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const [q0, q1, q2, q3] = [j * size, (j + 1) * size, (j + 2) * size, (j + 3) * size];
      let [a00, a01, a02, a03] = [b[j], b[j + 1], b[j + 2], b[j + 3]];
      let [a10, a11, a12, a13] = [a00, a01, a02, a03];
      let [a20, a21, a22, a23] = [a00, a01, a02, a03];
      let [a30, a31, a32, a33] = [a00, a01, a02, a03];
      for (let k = 0; k < size; k++) {
        const x0 = x[p0 + k], x1 = x[p1 + k], x2 = x[p2 + k], x3 = x[p3 + k];
        const w0 = w[q0 + k], w1 = w[q1 + k], w2 = w[q2 + k], w3 = w[q3 + k];
        a00 += x0 * w0; a01 += x0 * w1; a02 += x0 * w2; a03 += x0 * w3;
        a10 += x1 * w0; a11 += x1 * w1; a12 += x1 * w2; a13 += x1 * w3;
        a20 += x2 * w0; a21 += x2 * w1; a22 += x2 * w2; a23 += x2 * w3;
        a30 += x3 * w0; a31 += x3 * w1; a32 += x3 * w2; a33 += x3 * w3;
      }
      let o = i * columns + j;
      out[o] = a00; out[o + 1] = a01; out[o + 2] = a02; out[o + 3] = a03;
      o += columns;
      out[o] = a10; out[o + 1] = a11; out[o + 2] = a12; out[o + 3] = a13;
      o += columns;
      out[o] = a20; out[o + 1] = a21; out[o + 2] = a22; out[o + 3] = a23;
      o += columns;
      out[o] = a30; out[o + 1] = a31; out[o + 2] = a32; out[o + 3] = a33;
    }
    for (let r = i; r < i + 4; r++) row(x, r, w, b, columns, size, out, j);
  }
  for (; i < rows; i++) row(x, i, w, b, columns, size, out, 0);
}

// One row of the product, from column j on.
function row(x, i, w, b, columns, size, out, j) {
  const p = i * size;
  for (; j + 4 <= columns; j += 4) {
    const q0 = j * size, q1 = q0 + size, q2 = q1 + size, q3 = q2 + size;
    let a0 = b[j], a1 = b[j + 1], a2 = b[j + 2], a3 = b[j + 3];
    for (let k = 0; k < size; k++) {
      const value = x[p + k];
      a0 += value * w[q0 + k]; a1 += value * w[q1 + k]; a2 += value * w[q2 + k]; a3 += value * w[q3 + k];
    }
    const o = i * columns + j;
    out[o] = a0; out[o + 1] = a1; out[o + 2] = a2; out[o + 3] = a3;
  }
  for (; j < columns; j++) {
    let a = b[j];
    for (let k = 0; k < size; k++) a += x[p + k] * w[j * size + k];
    out[i * columns + j] = a;
  }
}

const ACTIVATIONS = {
  silu: (x) => x / (1 + Math.exp(-x)),
  relu: (x) => (x > 0 ? x : 0),
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  tanh: (x) => Math.tanh(x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

const SQUASHES = {
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: (x) => (Math.tanh(x) + 1) / 2,
  clamp: (x) => Math.min(1, Math.max(0, x)),
  scale: (x, scale) => x * scale,
};

export class Decoder {
  constructor(packed) {
    Object.assign(this, packed); // layers, squash, scale, shape, latent_dim, arrays and what else was packed
    const { weights, codes } = this.arrays;
    this.home = { weights, codes };
    this.take(null, this.home);
    this.size = this.shape.reduce((a, b) => a * b, 1);
    this.label = 0; // what a conditional model is told to draw
  }

  // Weights, and codes of the samples on the map, of another moment of training; null: its own.
  take(step, { weights, codes }) {
    this.edition = step;
    if (codes) this.arrays.codes = codes;
    this.steps = this.layers.map((layer) => this.prepare(layer, weights));
  }

  // Whether it is what it was at another moment than that at which the page stands.
  get away() {
    return this.edition !== null;
  }

  prepare(layer, weights) {
    const rest = { ...layer, buffers: new Map() };
    if (!("w" in layer)) return rest;
    const size = layer.in * (layer.kernel ?? 1) ** 2;
    rest.weight = weights.subarray(layer.w, layer.w + layer.out * size);
    const { b, out, labels = 1 } = layer;
    const bias = (label) => Float32Array.from({ length: out }, (_, j) => weights[b + j * labels + label]);
    rest.biases = Array.from({ length: labels }, (_, label) => bias(label)); // of the first layer: one for each label
    rest.bias = rest.biases[0];
    return rest;
  }

  // Codes [n * latent_dim] to samples [n * size], valid until the next call: images 0..1, channels last; or points.
  decode(z, n = 1) {
    let now = { values: z, n, height: 0, width: 0 };
    if (this.label_count) this.steps[0].bias = this.steps[0].biases[this.label];
    this.kept = [];
    for (const step of this.steps) now = this[step.kind](now, step);
    const squash = SQUASHES[this.squash];
    const { values } = now;
    for (let i = 0; i < n * this.size; i++) values[i] = squash(values[i], this.scale);
    return values;
  }

  // Memory of a step, kept from call to call: a frame should leave nothing to collect.
  room(step, name, size) {
    let kept = step.buffers.get(name);
    if (!kept || kept.length < size) step.buffers.set(name, (kept = new Float32Array(size)));
    return kept;
  }

  linear({ values, n }, step) {
    const out = this.room(step, "out", n * step.out);
    multiply(values, n, step.weight, step.bias, step.out, step.in, out);
    return { values: out, n, height: 0, width: 0, count: n * step.out };
  }

  act(now, step) {
    const f = ACTIVATIONS[step.name];
    for (let i = 0; i < now.count; i++) now.values[i] = f(now.values[i], step.slope);
    return now;
  }

  image(now, step) {
    return { ...now, height: step.height, width: step.width, channels: step.channels };
  }

  flat(now) {
    return { ...now, height: 0, width: 0 };
  }

  conv({ values, n, height, width, channels }, step) {
    const { kernel, stride, padding } = step;
    const [h, w] = [height, width].map((side) => Math.floor((side + 2 * padding - kernel) / stride) + 1);
    const framed = this.frame(values, n, height, width, channels, step);
    const run = kernel * channels;
    const line = (width + 2 * padding) * channels;
    const patches = this.room(step, "patches", n * h * w * kernel * run);
    let to = 0;
    for (let i = 0; i < n; i++) {
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          let from = (i * (height + 2 * padding) + y * stride) * line + x * stride * channels;
          for (let k = 0; k < kernel; k++, from += line, to += run) {
            for (let c = 0; c < run; c++) patches[to + c] = framed[from + c];
          }
        }
      }
    }
    const out = this.room(step, "out", n * h * w * step.out);
    multiply(patches, n * h * w, step.weight, step.bias, step.out, kernel * run, out);
    return { values: out, n, height: h, width: w, channels: step.out, count: n * h * w * step.out };
  }

  // The images with a border of zeros. The border is written once: the memory begins as zeros and only the inside changes.
  frame(values, n, height, width, channels, step) {
    const line = (width + 2 * step.padding) * channels;
    const framed = this.room(step, "framed", n * (height + 2 * step.padding) * line);
    for (let i = 0; i < n; i++) {
      for (let y = 0; y < height; y++) {
        const from = (i * height + y) * width * channels;
        const to = (i * (height + 2 * step.padding) + y + step.padding) * line + step.padding * channels;
        framed.set(values.subarray(from, from + width * channels), to);
      }
    }
    return framed;
  }

  // torch's PixelShuffle: channel c * r * r + dy * r + dx goes to channel c of pixel (y * r + dy, x * r + dx).
  shuffle({ values, n, height, width, channels, count }, step) {
    const r = step.factor;
    const c = channels / (r * r);
    const out = this.room(step, "out", count);
    for (let i = 0; i < n * height; i++) {
      for (let x = 0; x < width; x++) {
        const from = (i * width + x) * channels;
        for (let dy = 0; dy < r; dy++) {
          for (let dx = 0; dx < r; dx++) {
            const to = ((i * r + dy) * width * r + x * r + dx) * c;
            for (let k = 0; k < c; k++) out[to + k] = values[from + k * r * r + dy * r + dx];
          }
        }
      }
    }
    return { values: out, n, height: height * r, width: width * r, channels: c, count };
  }

  // torch's Upsample: every pixel becomes factor by factor equal ones.
  resize({ values, n, height, width, channels, count }, step) {
    const r = step.factor;
    const line = width * r * channels;
    const out = this.room(step, "out", count * r * r);
    for (let i = 0; i < n * height; i++) {
      const first = i * r * line;
      for (let x = 0; x < width * r; x++) {
        const from = (i * width + Math.floor(x / r)) * channels;
        for (let k = 0; k < channels; k++) out[first + x * channels + k] = values[from + k];
      }
      for (let y = 1; y < r; y++) out.copyWithin(first + y * line, first, first + line);
    }
    return { values: out, n, height: height * r, width: width * r, channels, count: count * r * r };
  }

  // A residual block adds what it was given, which is kept apart because activations write where they read.
  keep(now, step) {
    const kept = this.room(step, "kept", now.count);
    kept.set(now.values.subarray(0, now.count));
    this.kept.push(kept);
    return now;
  }

  add(now) {
    const kept = this.kept.pop();
    for (let i = 0; i < now.count; i++) now.values[i] += kept[i];
    return now;
  }
}

// A decoder that stays on the server. The page sends pictures of places all over the plane that is shown, and the exact
// one of the place where the hand rests; between the places of the plane, the four nearest pictures are blended.
export class Atlas {
  constructor(packed) {
    Object.assign(this, packed); // shape, latent_dim, arrays and what else was packed
    this.size = this.shape.reduce((a, b) => a * b, 1);
    this.values = new Float32Array(this.size);
    this.label = 0;
  }

  // Which plane is shown: rows of the directions, and a code on it. The page is asked for it if it is not there.
  show(axes, base) {
    const rounded = Array.from(base, (value) => Math.round(100 * value) / 100 + 0);
    const wanted = { decoder: this.name, axes: Array.from(axes), base: rounded, label: this.label };
    const key = JSON.stringify(wanted);
    if (key === this.asked || key === this.edition || !shelf.wantPlane) return;
    this.asked = key;
    shelf.wantPlane(wanted);
  }

  get plane() {
    return shelf.plane?.decoder === this.name ? shelf.plane : null;
  }

  // Changes when the same code may become another picture.
  get edition() {
    return this.plane?.key;
  }

  // As a decoder's, for one code.
  decode(z) {
    const { point } = shelf;
    const exact = point?.decoder === this.name && point.label === this.label && point.picture;
    if (exact && point.z.every((value, j) => Math.abs(value - z[j]) < 1e-3)) {
      for (let i = 0; i < this.size; i++) this.values[i] = exact[i] / 255;
    } else if (this.plane) this.blend(z, this.plane);
    return this.values;
  }

  blend(z, { axes, side, reach, pixels }) {
    const [height, width, channels] = this.shape;
    const { directions } = this.arrays;
    const [x, y] = axes.map((row, i) => {
      const along = z.reduce((sum, value, j) => sum + value * directions[row * z.length + j], 0);
      return Math.min(1, Math.max(0, 0.5 + ((i ? -1 : 1) * along) / (2 * reach))) * (side - 1);
    });
    const [left, top] = [x, y].map((at) => Math.min(side - 2, Math.floor(at)));
    const [s, t] = [x - left, y - top];
    const [right, down] = [4 * width, 4 * height * pixels.width];
    const { data } = pixels;
    for (let row = 0, k = 0; row < height; row++) {
      let at = 4 * ((top * height + row) * pixels.width + left * width);
      for (let column = 0; column < width; column++, at += 4) {
        for (let c = 0; c < channels; c++, k++) {
          const above = data[at + c] + s * (data[at + right + c] - data[at + c]);
          const below = data[at + down + c] + s * (data[at + down + right + c] - data[at + down + c]);
          this.values[k] = (above + t * (below - above)) / 255;
        }
      }
    }
  }
}

// The shelf: the newest decoder, for all parts of the page; an event tells when there is another one.
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());

// As the decoder was at a step of the film that the page has brought; null: as the page stands.
shelf.stand = (run, step) => {
  const { decoder, film } = shelf;
  if (film?.film !== run || decoder?.name.split(".")[0] !== run || decoder.remote) return;
  const then = step === null ? decoder.home : film.moments[step];
  if (!then || step === decoder.edition) return;
  decoder.take(step, then);
  shelf.dispatchEvent(new Event("decoder"));
};

export default function ({ data }) {
  if (!data?.length) return;
  const packed = unpack(data);
  if (packed.film) {
    shelf.film = packed;
    packed.moments = {};
    for (const [name, array] of Object.entries(packed.arrays)) {
      const [what, step] = name.split(" ");
      (packed.moments[step] ??= {})[what] = array;
    }
    shelf.dispatchEvent(new Event("film"));
    return () => shelf.film === packed && (shelf.film = null);
  }
  if (shelf.decoder?.key === packed.key) return;
  shelf.decoder = packed.remote ? new Atlas(packed) : new Decoder(packed);
  shelf.dispatchEvent(new Event("decoder"));
}
