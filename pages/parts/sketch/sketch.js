// Shows one of the drawings and writes the words into it.
export default function ({ data, parentElement }) {
  for (const drawing of parentElement.querySelectorAll("svg")) {
    drawing.toggleAttribute("hidden", drawing.dataset.family !== data.family);
    drawing.setAttribute("aria-label", data.alt);
    for (const text of drawing.querySelectorAll("[data-word]")) text.textContent = data.words[text.dataset.word];
  }
}
