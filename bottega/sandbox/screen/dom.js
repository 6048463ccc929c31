// Building and updating the page. Words of people only ever become text nodes.

export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Make the children of `box` those of `items`, touching only what changed: [key, value] pairs. */
export function reconcile(box, items, render) {
  const old = new Map([...box.children].map((child) => [child.dataset.key, child]));
  let place = box.firstElementChild;
  for (const [key, value] of items) {
    const signature = JSON.stringify(value);
    let child = old.get(String(key));
    old.delete(String(key));
    if (!child || child.signature !== signature) {
      const fresh = render(value);
      fresh.dataset.key = key;
      fresh.signature = signature;
      if (child) {
        const focused = child.contains(document.activeElement);
        if (child === place) place = fresh;
        child.replaceWith(fresh);
        if (focused) box.focus({ preventScroll: true });
      }
      child = fresh;
    }
    if (child === place) place = place.nextElementSibling;
    else box.insertBefore(child, place);
  }
  for (const gone of old.values()) gone.remove();
}

/** A link, if the address is one of the web's; else just its words. */
export function link(address, words = address) {
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  if (!/^(https?|mailto|tg):/i.test(whole)) return document.createTextNode(words);
  return el("a", { href: whole, target: "_blank", rel: "noopener" }, words);
}

/** Text with its web addresses as links. */
export function linked(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)»”])/);
  return parts.filter(Boolean).map((part) => (/^https?:/.test(part) ? link(part) : part));
}

export function time(date) {
  return date.toLocaleTimeString("it-IT", { hour: "2-digit", minute: "2-digit" });
}

/** A note that passes, over the whole page or over one pane. */
export function toast(words, kind = "", pane = document.querySelector(".toasts.page")) {
  const shown = el("p", { class: `toast ${kind}`, "data-testid": "toast" }, words);
  pane.append(shown);
  setTimeout(() => shown.remove(), 6000);
}

export function alertBox(words) {
  const box = document.querySelector("dialog.alert");
  box.querySelector("p").textContent = words;
  if (!box.open) box.showModal();
}

/** POST to the sandbox; what it refuses is said in a toast and thrown. */
export async function post(path, said) {
  const form = said instanceof FormData;
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      body: form ? said : JSON.stringify(said),
      headers: form ? {} : { "content-type": "application/json" },
    });
  } catch (error) {
    toast("La prova non risponde: è ancora in funzione?", "bad");
    throw error;
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const late = answer.status === 504;
    toast(late ? "Il bot non ha ancora risposto." : `Non riuscito. ${told.error ?? ""}`, "bad");
    throw new Error(told.error ?? answer.statusText);
  }
  return told;
}
