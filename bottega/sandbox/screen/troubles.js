// The panel where troubles are ordered, and what is still to come of them.

import { el, post, reconcile } from "/screen/dom.js";

const LATE_SECONDS = 40;
const THROTTLE_SECONDS = 60;
const services = new Map([
  ["telegram", {
    label: "Telegram", operation: "sendMessage", throttle: 5,
    broken: '{"ok": false, "error_code": 500, "description": "Internal Server Error"}',
  }],
  ["model", { label: "Modello" }],
]);

const panel = document.querySelector(".troubles");
const form = panel.querySelector("form");
const moods = new Map([...form.elements.mood.options].map((option) => [option.value, option.text]));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const service = form.elements.service.value;
  const mood = form.elements.mood.value;
  const { operation, broken, throttle = THROTTLE_SECONDS } = services.get(service);
  const seconds = { late: LATE_SECONDS, throttle }[mood] ?? 0;
  const body = mood === "created_then_500" ? broken : "";
  const headers = body ? { "content-type": "application/json" } : {};
  const order = { service, mood, operation, seconds, body, headers };
  post("/control/trouble", order).catch(() => {});
});

document.addEventListener("click", (event) => {
  if (!panel.contains(event.target)) panel.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.open) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
});

export function showTroubles({ troubles, outlets }) {
  for (const outlet of outlets) if (!services.has(outlet.channel)) offer(outlet);
  const count = panel.querySelector(".count");
  count.hidden = troubles.length === 0;
  count.textContent = troubles.length;
  const items = troubles.length
    ? troubles.map((trouble, place) => [place, trouble])
    : [["none", null]];
  reconcile(panel.querySelector("ul"), items, (trouble) => (trouble
    ? el("li", {}, el("b", {}, services.get(trouble.service)?.label ?? trouble.service), ` ${moods.get(trouble.mood) ?? trouble.mood}`,
      trouble.times > 1 ? ` (${trouble.times} volte)` : "")
    : el("li", { class: "empty" }, "Nessun guasto: tutto funziona.")));
}

function offer(outlet) {
  services.set(outlet.channel, outlet);
  form.elements.service.querySelector("[value=telegram]").before(el("option", { value: outlet.channel }, outlet.label));
  form.elements.service.selectedIndex = 0;
}
