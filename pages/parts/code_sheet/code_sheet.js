// The pictures of many samples as one sheet, and their codes. This element shows nothing: it puts the sheet on the shelf
// of the page, where a scatter of the same name takes pictures from it; what a code becomes again is decoded here.
const SIDE = 26; // CSS pixels of a picture at its code

function drawn(width, height, draw) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  draw(canvas.getContext("2d"));
  return canvas.toDataURL();
}

class Sheet {
  constructor(data, picture) {
    Object.assign(this, data, { sheet: picture });
    this.codes = new Float32Array(Uint8Array.from(atob(data.codes), (c) => c.charCodeAt(0)).buffer);
    this.kept = new Map(); // addresses of pictures that were asked for
  }

  // Address of the original of a sample, or of its reconstruction where the browser can decode; else nothing.
  urlOf(i, again) {
    if (again && (shelf.decoder?.name !== this.name || shelf.decoder.remote)) return "";
    const name = `${i} ${again}`;
    if (!this.kept.has(name)) this.kept.set(name, again ? this.reconstruction(i) : this.original(i));
    return this.kept.get(name);
  }

  original(i) {
    const { width, height } = this;
    return drawn(width, height, (context) => this.draw(context, i, 0, 0, width, height));
  }

  reconstruction(i) {
    const { decoder } = shelf;
    const [height, width, channels] = decoder.shape;
    const size = decoder.latent_dim;
    const chosen = decoder.label;
    if (decoder.label_count && decoder.arrays.labels) decoder.label = decoder.arrays.labels[i]; // it was encoded as such
    const values = decoder.decode(this.codes.slice(i * size, (i + 1) * size));
    decoder.label = chosen;
    const image = new ImageData(width, height);
    for (let p = 0; p < width * height; p++) {
      for (let c = 0; c < 3; c++) image.data[4 * p + c] = 255 * values[p * channels + (channels === 3 ? c : 0)];
      image.data[4 * p + 3] = 255;
    }
    return drawn(width, height, (context) => context.putImageData(image, 0, 0));
  }

  draw(context, i, x, y, w, h) {
    const { width, height, columns } = this;
    const [left, top] = [(i % columns) * width, Math.floor(i / columns) * height];
    context.drawImage(this.sheet, left, top, width, height, x, y, w, h);
  }

  // Pictures at their places, as many as find room: one that would cover an earlier one is left out.
  lay(context, indices, placeOf, colourOf) {
    const [w, h] = [SIDE, (SIDE * this.height) / this.width];
    const placed = [];
    for (const i of indices) {
      const [x, y] = placeOf(i);
      if (placed.some(([px, py]) => Math.abs(px - x) < w + 3 && Math.abs(py - y) < h + 3)) continue;
      placed.push([x, y]);
      context.fillStyle = colourOf(i);
      context.fillRect(x - w / 2 - 1.5, y - h / 2 - 1.5, w + 3, h + 3);
      this.draw(context, i, x - w / 2, y - h / 2, w, h);
    }
  }
}

const shelf = (globalThis.genmodelsShelf ??= new EventTarget());

export default function ({ data }) {
  if (!data?.name || shelf.sheetName === data.name) return;
  shelf.sheetName = data.name;
  const picture = new Image();
  picture.src = data.picture;
  picture.decode().then(() => {
    if (shelf.sheetName !== data.name) return; // another one has come meanwhile
    shelf.sheet = new Sheet(data, picture);
    shelf.dispatchEvent(new Event("sheet"));
  });
}
