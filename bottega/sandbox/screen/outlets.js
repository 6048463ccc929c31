// What the public sees: a pane for each channel, and the web column.

import { el, linked, reconcile } from "/screen/dom.js";

/** Show each channel's posts, the newest on top. */
export function showPosts({ outlets }) {
  for (const outlet of outlets) {
    const box = document.getElementById(outlet.channel) ?? made(outlet);
    box.querySelector("[data-name]").textContent = outlet.name;
    const newest = [...outlet.posts].reverse().map((post) => [post.id, post]);
    const items = newest.length ? newest : [["empty", null]];
    reconcile(box.querySelector(".posts"), items, (post) => (post
      ? render(post, outlet)
      : el("p", { class: "empty" }, "Ancora niente: i post usciranno qui.")));
  }
}

/** Make a channel's pane and its tab. */
function made({ channel, label, about, mark, handle }) {
  const named = handle ? `${handle} · ${about[0].toLowerCase()}${about.slice(1)}` : about;
  const box = el("section", { class: `pane outlet ${channel}`, id: channel, "data-testid": channel, "aria-label": label },
    el("header", { class: "pane-top" },
      el("span", { class: "mark", "aria-hidden": "true" }, mark),
      el("div", {}, el("h2", { "data-name": true }, label), el("p", {}, named))),
    el("div", { class: "posts", role: "feed", "aria-label": `Post: ${about}`, tabindex: "0" }));
  document.querySelector(".outlets").append(box);
  document.querySelector(".tabs [data-pane=rubrica]")
    .before(el("button", { type: "button", "data-pane": channel }, label));
  return box;
}

function render(post, { channel, label, name, handle }) {
  const [length, most] = post.measured ?? [];
  return article(`${channel}-post`, post, name, [
    post.reply ? el("p", { class: "reply-mark" }, "↳ prosegue il post precedente") : null,
    el("p", { class: "words" }, ...linked(post.text)),
    pictures(post.photos),
    ...post.films.map((film) => el("video", { src: film.url, controls: true, "data-testid": `${channel}-film` })),
    post.link && !post.photos.length && !post.films.length ? card(post.link) : null,
    post.measured ? el("p", { class: "weight" }, `Lunghezza per ${label}: `,
      el("data", { value: length, "data-testid": `${channel}-weight`, class: length > most ? "bad" : null },
        `${length}/${most}`)) : null,
  ], handle);
}

function article(hook, post, name, parts, handle = "") {
  const created = new Date(post.created);
  const when = created.toLocaleString("it-IT", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return el("article", { class: "post", "data-testid": hook, "data-id": post.id, "data-deleted": post.deleted },
    el("p", { class: "by" }, el("b", {}, name), ` ${handle} `, el("time", { datetime: post.created }, when)),
    ...(post.deleted ? [el("p", { class: "gone" }, "Post rimosso")] : []),
    ...parts);
}

function pictures(photos) {
  if (!photos.length) return null;
  return el("div", { class: "pictures", "data-count": Math.min(photos.length, 4) },
    ...photos.map((photo) => el("img", { src: photo.url, alt: photo.alt, title: photo.alt || null })));
}

function card(address) {
  const { host, pathname } = new URL(address, location.href);
  const name = decodeURIComponent(pathname).split("/").filter(Boolean).at(-1) ?? host;
  const title = name.replace(/\.html?$/, "").replaceAll("-", " ");
  return el("a", { class: "card", href: address, target: "_blank", rel: "noopener", "data-testid": "link-card" },
    el("small", {}, host), el("b", {}, title));
}

let shown = "";
let reload = 0;

/** Show the web column, and show it anew when a post appears or the bot gives one of its links. */
export function showRubrica(state) {
  const box = document.getElementById("rubrica");
  const frame = box.querySelector("iframe");
  const address = state.rubrica;
  box.querySelector(".empty").hidden = Boolean(address);
  frame.hidden = !address;
  const open = box.querySelector("a");
  open.hidden = !address;
  if (!address) return false;
  open.href = address;
  const links = JSON.stringify(state.telegram.chats).split(address).length;
  const posts = state.outlets.reduce((sum, outlet) => sum + outlet.posts.length, 0);
  const signature = `${address} ${links} ${posts}`;
  if (signature === shown) return false;
  clearTimeout(reload);
  // A moment later: the pages are written about when the posts go out.
  reload = setTimeout(() => loadRubrica(address), shown ? 700 : 0);
  shown = signature;
  return true;
}

/** Show the column's first page; the number keeps the browser from showing one it has kept. */
export function loadRubrica(address) {
  document.querySelector("#rubrica iframe").src = `${address}/?${Date.now()}`;
}
