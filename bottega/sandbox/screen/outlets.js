// What the public sees: the Facebook page, the X profile, the web column.

import { el, linked, reconcile } from "/screen/dom.js";

const MOST = 280;

/** Show the page and the profile, the newest post on top. */
export function showPosts(state) {
  const { facebook, x } = state;
  pane("facebook", facebook.name, facebook.posts, (post) => onFacebook(post, facebook.name));
  pane("x", x.name, x.posts, (post) => onX(post, x));
  document.querySelector("#x [data-username]").textContent = `@${x.username} · profilo X`;
}

function pane(id, name, posts, render) {
  const box = document.getElementById(id);
  box.querySelector("[data-name]").textContent = name;
  const newest = [...posts].reverse().map((post) => [post.id, post]);
  const items = newest.length ? newest : [["empty", null]];
  reconcile(box.querySelector(".posts"), items, (post) =>
    post ? render(post) : el("p", { class: "empty" }, "Ancora niente: i post usciranno qui."));
}

function onFacebook(post, name) {
  return article("facebook-post", post, name, [
    el("p", { class: "words" }, ...linked(post.text)),
    pictures(post.photos),
    post.link && !post.photos.length ? card(post.link) : null,
  ]);
}

function onX(post, { name, username }) {
  const long = post.weight > MOST;
  return article("x-post", post, name, [
    post.reply_to ? el("p", { class: "reply-mark" }, "↳ prosegue il post precedente") : null,
    el("p", { class: "words" }, ...linked(post.text)),
    pictures(post.photos),
    el("p", { class: "weight" }, "Lunghezza per X: ",
      el("data", { value: post.weight, "data-testid": "x-weight", class: long ? "bad" : null },
        `${post.weight}/${MOST}`)),
  ], `@${username}`);
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
  const posts = state.facebook.posts.length + state.x.posts.length;
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
