// The page: asks the sandbox for news without end, and gives each pane its part.

import { el } from "/screen/dom.js";
import { loadRubrica, showPosts, showRubrica } from "/screen/outlets.js";
import { Phone } from "/screen/phone.js";
import { showTroubles } from "/screen/troubles.js";

const WAIT_SECONDS = 25;
const NARROW = matchMedia("(max-width: 56rem)");

const main = document.querySelector("main");
const tabs = () => [...document.querySelectorAll(".tabs button")];
const connection = document.querySelector(".connection");
const intro = document.querySelector(".intro");
const phones = ["participant", "group"].map((kind) => new Phone(document.getElementById(kind), kind));
const seen = new Map();
const permalinks = new Map();
let rubrica = "";

async function watch() {
  for (let revision = -1; ;) {
    try {
      const answer = await fetch(`/control/screen/state?after=${revision}&seconds=${WAIT_SECONDS}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const state = await answer.json();
      connection.textContent = "";
      show(state);
      revision = state.revision;
    } catch (error) {
      console.warn(error);
      connection.textContent = "Collegamento perso, riprovo…";
      revision = -1;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function show(state) {
  rubrica = state.rubrica;
  for (const phone of phones) phone.show(state);
  showPosts(state);
  showTroubles(state);
  const renewed = showRubrica(state);
  mark("participant", phones[0].chat?.messages.length);
  mark("group", phones[1].chat?.messages.length);
  for (const { channel, posts } of state.outlets) {
    mark(channel, posts.length);
    for (const post of posts) permalinks.set(post.permalink, [channel, post.id]);
  }
  if (renewed) mark("rubrica", (seen.get("rubrica") ?? 0) + 1);
  document.body.dataset.revision = state.revision;
}

/** On a phone: a dot on the tab of a pane that changed while another was shown. */
function mark(pane, count) {
  const tab = tabs().find((one) => one.dataset.pane === pane);
  const news = seen.has(pane) && count > seen.get(pane) && main.dataset.shown !== pane;
  seen.set(pane, count);
  if (news && !tab.querySelector(".dot")) tab.append(el("span", { class: "dot" }, el("span", { class: "sr" }, "novità")));
}

function choose(tab) {
  main.dataset.shown = tab.dataset.pane;
  for (const pane of document.querySelectorAll(".pane")) pane.classList.toggle("shown", pane.id === tab.dataset.pane);
  for (const other of tabs()) other.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "true");
  tab.querySelector(".dot")?.remove();
  for (const phone of phones) if (phone.kind === tab.dataset.pane) phone.toBottom();
}

/** A link to the bot opens its chat, in the hands of whoever holds the participant's phone. */
function toBot(event) {
  const { host, pathname, searchParams } = new URL(event.target.closest?.("a[href]")?.href ?? "about:blank");
  if (host !== "t.me" || pathname !== `/${phones[0].bot?.username}`) return;
  event.preventDefault();
  choose(tabs().find((tab) => tab.dataset.pane === "participant"));
  phones[0].invite(searchParams.get("start") ?? "");
}

/** A menu closes when one turns to something else. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const left = event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target);
    if (!left) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

/** The addresses of posts lead to the posts that are here, not to the real services. */
function stay(event) {
  const [site, number] = permalinks.get(event.target.closest?.("a")?.href) ?? [];
  if (!site) return;
  event.preventDefault();
  choose(tabs().find((tab) => tab.dataset.pane === site));
  const post = document.querySelector(`#${site} [data-id="${number}"]`);
  post?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  post?.animate({ background: ["var(--mine)", "transparent"] }, 2000);
}

for (const act of [stay, toBot, closeMenus]) document.addEventListener("click", act);
document.addEventListener("keydown", closeMenus);
document.querySelector(".tabs").addEventListener("click", (event) => {
  const tab = event.target.closest("button");
  if (tab) choose(tab);
});
main.addEventListener("pointerup", () => { if (NARROW.matches) intro.open = false; });
document.querySelector("#rubrica button").addEventListener("click", () => { if (rubrica) loadRubrica(rubrica); });

watch();
