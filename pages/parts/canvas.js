// What the parts that draw on a canvas share: `component(..., canvas=True)` puts it before their own scripts.

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function isDark(element) {
  const paper = getComputedStyle(element.getRootNode().host ?? element).getPropertyValue("--st-background-color");
  const [r, g, b] = paper.match(/[0-9a-f]{2}/gi)?.map((part) => parseInt(part, 16)) ?? [255, 255, 255];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

// An empty canvas of the size it has on the screen: its context, whose unit is the CSS pixel, width and height.
function sized(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio;
  const [w, h] = [width, height].map((side) => Math.round(side * scale));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return [context, width, height];
}

// Samples [n, height, width, channels] in 0..1 as pixels, written into an ImageData of the same size; it rounds.
function paint(samples, from, channels, image) {
  const { data } = image;
  const blue = channels === 3 ? 1 : 0;
  for (let i = 0, s = from; i < data.length; i += 4, s += channels) {
    data[i] = 255 * samples[s];
    data[i + 1] = 255 * samples[s + blue];
    data[i + 2] = 255 * samples[s + 2 * blue];
    data[i + 3] = 255;
  }
}

