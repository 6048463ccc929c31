// The panel where troubles are ordered, and what is still to come of them.

import { el, post, reconcile } from "/screen/dom.js";

const OPERATIONS = { facebook: "feed", x: "tweets.create", telegram: "sendMessage" };
const NAMES = { facebook: "Facebook", x: "X", telegram: "Telegram", model: "Modello" };
const LATE_SECONDS = 40;
const THROTTLE_SECONDS = { facebook: 60, x: 60, telegram: 5 };
const BODIES = {
  facebook: { error: { message: "An unknown error occurred", type: "OAuthException", code: 2 } },
  x: { title: "Internal Server Error", detail: "Internal Server Error", status: 500, type: "about:blank" },
  telegram: { ok: false, error_code: 500, description: "Internal Server Error" },
};

const panel = document.querySelector(".troubles");
const form = panel.querySelector("form");
const moods = new Map([...form.elements.mood.options].map((option) => [option.value, option.text]));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const service = form.elements.service.value;
  const mood = form.elements.mood.value;
  const seconds = { late: LATE_SECONDS, throttle: THROTTLE_SECONDS[service] }[mood] ?? 0;
  const body = mood === "created_then_500" ? JSON.stringify(BODIES[service]) : "";
  const headers = body ? { "content-type": "application/json" } : {};
  const order = { service, mood, operation: OPERATIONS[service], seconds, body, headers };
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

export function showTroubles(state) {
  const { troubles } = state;
  const count = panel.querySelector(".count");
  count.hidden = troubles.length === 0;
  count.textContent = troubles.length;
  const items = troubles.length
    ? troubles.map((trouble, place) => [place, trouble])
    : [["none", null]];
  reconcile(panel.querySelector("ul"), items, (trouble) => (trouble
    ? el("li", {}, el("b", {}, NAMES[trouble.service]), ` ${moods.get(trouble.mood) ?? trouble.mood}`,
      trouble.times > 1 ? ` (${trouble.times} volte)` : "")
    : el("li", { class: "empty" }, "Nessun guasto: tutto funziona.")));
}
