// Copies the address as it is at the moment of the click, with what the page wants to add; where the browser does not
// let a page write to the clipboard, the link is shown, selected, to be copied by hand.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button"), field = parentElement.querySelector("input");
  button.textContent = data.words.copy;
  button.dataset.adds = JSON.stringify(data.set);
  field.setAttribute("aria-label", data.words.link);
  const link = () => {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(data.set)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    return url.href;
  };
  field.hidden = true;
  button.onclick = async () => {
    const text = link();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = data.words.copied;
      setTimeout(() => { button.textContent = data.words.copy; }, 2000);
    } catch {
      field.hidden = false;
      field.value = text;
      field.focus();
      field.select();
    }
  };
}
