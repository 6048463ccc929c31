// The editor of an article: what htmx does not do of itself.
const unsent = { since: false };
const told = (text) => {
  const note = Object.assign(document.createElement("p"), { className: "note stop", textContent: text });
  note.setAttribute("role", "alert");
  document.getElementById("esito").replaceChildren(note);
};
const kept = (text) => {
  const place = document.querySelector("[data-kept]");
  if (place) place.textContent = text;
};

document.addEventListener("input", (event) => {
  if (event.target.closest("#pezzo")) { unsent.since = true; kept("Non ancora conservato…"); }
});
window.addEventListener("beforeunload", (event) => { if (unsent.since) event.preventDefault(); });

// A refusal that comes with the page itself, and so with all that was written, is shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.elt.id === "pezzo" && [409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "vivo") unsent.since = false;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  if (elt.id === "pezzo") {
    delete elt.dataset.sent;
    if (xhr.status === 409 || xhr.status === 422 || successful) unsent.since = false;
  }
  if (elt.id === "vivo" && !successful && xhr.status !== 401) {
    unsent.since = true;
    kept("Non conservato: riprovo fra poco.");
    if (xhr.status !== 413) setTimeout(() => htmx.trigger("#vivo", "riprova"), 3000);
  }
});
// Any other refusal leaves the page as it is: the text is not lost.
document.addEventListener("htmx:responseError", (event) => {
  if (!["pezzo", "vivo"].includes(event.detail.elt.id)) return;
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const said = page.querySelector("main > p") || page.querySelector("h1");
  told(said ? said.textContent : "Non è stato possibile. Il testo è ancora qui: riprova.");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (event.detail.elt.id !== "pezzo") return;
    told("La rete non risponde: non so se ho salvato. Il testo è ancora qui: premi di nuovo «Salva», non succede niente di doppio.");
  });
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "anteprime") {
    const now = new Date();
    if (!unsent.since) kept(document.querySelector("#anteprime .kept") ? `Conservato alle ${now.toLocaleTimeString("it-IT")}` : "");
    reframe();
  }
  if (event.detail.elt.id === "pezzo" || event.detail.target.id === "contenuto") {
    document.getElementById("esito").focus();
  }
});

// Each channel's page follows, and stays where it was scrolled to; no step in the browser's history.
function reframe() {
  for (const page of document.querySelectorAll("#anteprime [data-page]")) {
    const frame = document.querySelector(`iframe[data-channel="${page.dataset.channel}"]`);
    if (!frame || frame.contentWindow.location.href.endsWith(page.dataset.page)) continue;
    const top = frame.contentWindow.scrollY;
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
    frame.contentWindow.location.replace(page.dataset.page);
  }
}

// Files change places by buttons, so that the keyboard will do.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const item = button.closest("li");
  const step = Number(button.dataset.move);
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(item); else other.after(item);
  button.focus();
  const place = [...item.parentElement.children].indexOf(item) + 1;
  document.querySelector("[data-moved]").textContent = `Ora al posto ${place}`;
  item.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  const form = document.getElementById("pezzo");
  if (form && form.querySelector("button.main")) { event.preventDefault(); form.requestSubmit(); }
});
