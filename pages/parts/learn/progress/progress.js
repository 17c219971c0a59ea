// Keeps the names of finished lessons in the local storage, and begins each lesson at its top.
const NAME = "genmodels_lessons";
const views = new WeakMap();

function storage(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null; // switched off by the visitor
  }
}

function read() {
  try {
    const names = JSON.parse(storage((s) => s.getItem(NAME)) ?? "[]");
    return Array.isArray(names) ? names.filter((name) => typeof name === "string").slice(0, 100) : [];
  } catch {
    return [];
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const before = views.get(parentElement);
  if (before && before.shown !== data.shown) (parentElement.host ?? parentElement).scrollIntoView({ block: "center", behavior: "instant" });
  const forgotten = before && before.forget !== data.forget;
  views.set(parentElement, { shown: data.shown, forget: data.forget });
  const names = [...new Set([...(forgotten ? [] : read()), ...data.done])].sort();
  storage((s) => s.setItem(NAME, JSON.stringify(names)));
  if (names.join() !== data.done.join()) setStateValue("done", { names, forget: data.forget });
}
