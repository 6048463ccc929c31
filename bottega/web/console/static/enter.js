// Telegram puts what it signs after the #; the server checks it.
// https://core.telegram.org/bots/webapps#initializing-mini-apps
const launch = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
if (launch) {
  history.replaceState(null, "", location.pathname);
  const form = document.getElementById("lancio");
  form.elements.lancio.value = launch;
  form.elements.dove.value = window.top === window.self ? "finestra" : "cornice";
  form.hidden = false;
  form.submit();
}
