// Shows an SVG that the page has written.
export default function ({ data, parentElement }) {
  const figure = parentElement.querySelector(".figure");
  figure.style.maxWidth = data.most_width ? `${data.most_width}px` : "";
  if (figure.source === data.svg) return;
  figure.source = data.svg;
  figure.innerHTML = data.svg;
}
