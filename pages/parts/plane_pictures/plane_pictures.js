// Brings pictures of the plane that is shown, and says to the page which one that is. Shows nothing: decoder.js blends them.
const shelf = (globalThis.genmodelsShelf ??= new EventTarget());

async function pixelsOf(address) {
  const asIs = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const picture = await createImageBitmap(await (await fetch(address)).blob(), asIs);
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, picture.width, picture.height);
}

export default function ({ data: { plane }, setStateValue }) {
  const ready = () => shelf.dispatchEvent(new Event("decoder"));
  const want = (shelf.wantPlane = (wanted) => setStateValue("wanted", wanted));
  if (plane && plane.picture !== shelf.plane?.picture) {
    const { decoder, axes, base, label } = plane;
    shelf.coming = plane;
    pixelsOf(plane.picture).then((pixels) => {
      if (shelf.coming !== plane) return; // another one has come meanwhile
      shelf.plane = { ...plane, pixels, key: JSON.stringify({ decoder, axes, base, label }) };
      ready();
    });
  } else ready();
  return () => shelf.wantPlane === want && (shelf.wantPlane = null);
}
