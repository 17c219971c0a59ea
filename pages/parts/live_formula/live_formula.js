// A formula whose symbols answer: point at one, tap it or reach it with Tab, and what it is stands below.
const chosen = new WeakMap();

export default function ({ data, parentElement }) {
  const formula = parentElement.querySelector(".formula"), about = parentElement.querySelector(".about");
  if (formula.dataset.mathml !== data.mathml) {
    formula.dataset.mathml = data.mathml;
    formula.innerHTML = data.mathml;
  }
  const all = [...formula.querySelectorAll("[data-symbol]")];
  const line = (tag, text, name) => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const show = (name) => {
    const symbol = data.symbols[name];
    if (!symbol) return;
    chosen.set(parentElement, name);
    for (const mark of all) mark.classList.toggle("on", mark.dataset.symbol === name);
    const head = line("p", "", "head"), value = line("b", symbol.value);
    head.append(line("span", symbol.what, "what"), line("code", symbol.shape), value);
    head.style.setProperty("--concept", `var(--gm-${symbol.concept})`);
    const code = line("pre", symbol.code);
    about.replaceChildren(head, line("small", symbol.where), code);
    about.querySelector("small").hidden = code.hidden = !symbol.code;
  };
  for (const mark of all) {
    const symbol = data.symbols[mark.dataset.symbol];
    mark.style.color = `var(--gm-${symbol.concept})`;
    mark.setAttribute("tabindex", "0");
    mark.setAttribute("aria-label", symbol.what);
    const here = (event) => { event.stopPropagation(); show(mark.dataset.symbol); };
    mark.onpointerover = mark.onfocus = mark.onclick = here;
  }
  show(chosen.get(parentElement) ?? data.first);
}
