// A picture that changes several times a second without a flicker: the next one is decoded out of sight, then faded in
// on the same canvas. The newest wins: a picture that is still being decoded when the next arrives is dropped.
const views = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function decode(picture) {
  if (picture.url) return createImageBitmap(await (await fetch(picture.url)).blob());
  const { raw, width, height, channels } = picture;
  const from = bytesOf(raw);
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = from[channels * i + (channels === 3 ? c : 0)];
    pixels.data[4 * i + 3] = 255;
  }
  return createImageBitmap(pixels);
}

function fade(view, next, milliseconds) {
  cancelAnimationFrame(view.frame);
  view.next?.close(); // its fade was not over
  view.next = next;
  const { canvas } = view;
  const context = canvas.getContext("2d");
  const first = canvas.width !== next.width || canvas.height !== next.height;
  const before = first ? null : new OffscreenCanvas(canvas.width, canvas.height);
  before?.getContext("2d").drawImage(canvas, 0, 0);
  if (first) Object.assign(canvas, { width: next.width, height: next.height });

  const began = performance.now();
  const draw = (now) => {
    const share = first || still.matches || document.hidden || !milliseconds ? 1 : Math.min(1, Math.max(0, (now - began) / milliseconds));
    context.globalAlpha = 1;
    if (share < 1) context.drawImage(before, 0, 0);
    context.globalAlpha = share;
    context.drawImage(next, 0, 0);
    if (share < 1) view.frame = requestAnimationFrame(draw);
    else {
      next.close();
      view.next = null;
      canvas.dataset.drawn = Number(canvas.dataset.drawn ?? 0) + 1;
    }
  };
  draw(began);
}

function caption(list, rows) {
  list.replaceChildren(
    ...rows.map(({ text, colour }) => {
      const item = document.createElement("li");
      item.textContent = text;
      if (colour) item.style.color = colour;
      return item;
    }),
  );
}

export default function ({ data, parentElement }) {
  const canvas = parentElement.querySelector("canvas");
  const view = views.get(parentElement) ?? { canvas, frame: 0, shown: null };
  views.set(parentElement, view);

  canvas.setAttribute("aria-label", data.alt);
  parentElement.querySelector("figure").style.maxWidth = data.most_width ? `${data.most_width}px` : "";
  caption(parentElement.querySelector("ol"), data.captions);

  const { width, height } = data.picture;
  if (width && !canvas.dataset.drawn) Object.assign(canvas, { width, height }); // the page does not jump when it comes
  const content = data.picture.url ?? data.picture.raw;
  if (content !== view.shown) {
    view.shown = content;
    decode(data.picture).then((next) => {
      if (view.shown === content) fade(view, next, data.fade_ms);
      else next.close();
    });
  }
  // Where data change while a script is still being fetched, the clean-up of an earlier call comes late: it is void.
  const call = (view.call = {});
  return () => {
    if (view.call !== call) return;
    cancelAnimationFrame(view.frame);
    view.next?.close();
    view.shown = null;
    views.delete(parentElement);
  };
}
