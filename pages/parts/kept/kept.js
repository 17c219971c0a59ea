// Keeps a few small values in a cookie, which the server reads when the next session begins.
export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.name}=${encodeURIComponent(data.text)}; Max-Age=34560000; Path=/; SameSite=Lax${secure}`;
}
