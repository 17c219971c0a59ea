// A formula whose symbols answer: point at one, tap it or reach it with Tab, and what it is stands below.
const chosen = new WeakMap();

function line(tag, text, name) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

// The code line by line; those in which the symbol is said stand out, and what says it most.
function listing(code, [start, end]) {
  const pre = line("pre", ""), sheet = pre.appendChild(line("div", ""));
  let at = 0;
  for (const text of code.split("\n")) {
    const [from, to] = [start, end].map((place) => Math.min(text.length, Math.max(0, place - at)));
    const row = sheet.appendChild(line("span", text));
    if (from < to) {
      row.className = "hit";
      row.replaceChildren(text.slice(0, from), line("mark", text.slice(from, to)), text.slice(to));
    }
    at += text.length + 1;
  }
  return pre;
}

// Scrolls the box to its highlighted lines, and nothing but the box.
function bring(pre) {
  const hits = pre.querySelectorAll(".hit"), mark = pre.querySelector("mark");
  if (!mark) return;
  const last = hits[hits.length - 1];
  pre.scrollTop = (hits[0].offsetTop + last.offsetTop + last.offsetHeight - pre.clientHeight) / 2;
  const beyond = mark.offsetLeft + mark.offsetWidth + 16 - pre.clientWidth;
  pre.scrollLeft = Math.min(beyond, mark.offsetLeft - 16); // its end, but its beginning first
}

export default function ({ data, parentElement }) {
  const formula = parentElement.querySelector(".formula"), about = parentElement.querySelector(".about");
  if (formula.dataset.mathml !== data.mathml) {
    formula.dataset.mathml = data.mathml;
    formula.innerHTML = data.mathml;
  }
  const all = [...formula.querySelectorAll("[data-symbol]")];
  const show = (name) => {
    const symbol = data.symbols[name];
    if (!symbol) return;
    chosen.set(parentElement, name);
    for (const mark of all) mark.classList.toggle("on", mark.dataset.symbol === name);
    const head = line("p", "", "head"), value = line("b", symbol.value);
    head.append(line("span", symbol.what, "what"), line("code", symbol.shape), value);
    about.style.setProperty("--concept", `var(--gm-${symbol.concept})`);
    about.replaceChildren(head);
    if (!symbol.code) return;
    const code = listing(symbol.code, symbol.span);
    about.append(line("small", symbol.where), code);
    bring(code);
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
