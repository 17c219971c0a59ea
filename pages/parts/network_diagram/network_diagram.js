// Networks as rows of blocks. They are built anew only when they change; a press only moves the mark.
function made(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text ?? "";
  return element;
}

function block(network, { title, below, height }, place, press) {
  const button = made("button", "block");
  const bar = made("i", "bar");
  bar.style.height = `${Math.max(6, 76 * height)}px`;
  const room = made("span", "room");
  room.append(bar);
  button.append(room, made("b", "", title), made("small", "", below));
  button.type = "button";
  button.dataset.place = place.join("-");
  button.setAttribute("aria-label", `${network.name}, ${title}, ${below}`);
  button.addEventListener("click", () => press(place));
  return button;
}

function row(network, i, press) {
  const section = made("section", "");
  section.style.setProperty("--own", `var(--gm-${network.concept})`);
  const head = made("p", "head");
  head.append(made("b", "name", network.name), made("small", "", network.size));
  const blocks = made("div", "blocks");
  network.blocks.forEach((layer, j) => {
    if (j) blocks.append(made("i", "flow"));
    blocks.append(block(network, layer, [i, j], press));
  });
  section.append(head, blocks);
  return section;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".networks");
  const mark = (place) => {
    for (const button of root.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.place === place.join("-")));
    }
  };
  root.press = (place) => {
    mark(place);
    setTriggerValue("picked", place);
  };
  root.setAttribute("aria-label", data.alt);
  const content = JSON.stringify(data.networks);
  if (root.content !== content) {
    root.content = content;
    root.replaceChildren(...data.networks.map((network, i) => row(network, i, (place) => root.press(place))));
  }
  mark(data.chosen);
}
