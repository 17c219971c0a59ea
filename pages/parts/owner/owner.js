// Keeps the visitor's id in the browser: a cookie, which the server reads at the next visit, and a copy in the local
// storage for browsers that hold cookies back inside a frame. The id that the browser already knows wins.
const NAME = "genmodels_owner";
const FORM = /^[0-9a-f]{32}$/;

const fromCookie = () =>
  document.cookie.split("; ").find((part) => part.startsWith(NAME + "="))?.slice(NAME.length + 1);

function storage(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null; // switched off by the visitor
  }
}

export default function ({ data, setStateValue }) {
  const known = [fromCookie(), storage((s) => s.getItem(NAME))].find((id) => FORM.test(id ?? ""));
  const owner = known ?? data.owner;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${NAME}=${owner}; Max-Age=34560000; Path=/; SameSite=Strict${secure}`;
  storage((s) => s.setItem(NAME, owner));
  if (owner !== data.owner) setStateValue("owner", owner);
}
