// Where one writes: text, photos, commands, and the bot's own keyboard. Each person has a draft.

import { el, post } from "/screen/dom.js";
import { sample } from "/screen/samples.js";

const CAPTION = 1024;
const ALBUM = 10;

export class Composer {
  constructor(form, phone) {
    this.form = form;
    this.phone = phone;
    this.drafts = new Map();
    const find = (selector) => form.querySelector(selector);
    this.text = find("textarea");
    this.files = find("input[type=file]");
    this.attached = find(".attached");
    this.keyboard = find(".keyboard");
    this.menu = find(".menu");
    this.reply = find(".reply");
    this.sample = find(".sample");
    this.submit = find(".send");
    this.sample.hidden = phone.kind === "group";
    this.changeHands(null);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.files.addEventListener("change", () => this.attach([...this.files.files]));
    this.sample.addEventListener("click", () => this.fillIn());
    document.addEventListener("click", (event) => {
      if (!this.menu.contains(event.target)) this.menu.open = false;
    });
    this.reply.querySelector("button").addEventListener("click", () => this.replyTo(null));
  }

  /** Put down one draft and take up another; in a group each has its own, too. */
  changeHands(person) {
    if (!this.drafts.has(person)) this.drafts.set(person, { text: "", files: [], reply: null, samples: null });
    this.draft = this.drafts.get(person);
    this.text.value = this.draft.text;
    this.grow();
    this.showFiles();
    this.replyTo(this.draft.reply, this.draft.reply?.excerpt);
  }

  /** Show what the chat offers: the bot's keyboard and its commands. */
  show(chat, commands) {
    const signature = JSON.stringify([chat.keyboard, commands]);
    if (signature === this.offered) return;
    this.offered = signature;
    const rows = chat.keyboard?.keyboard ?? [];
    this.keyboard.hidden = rows.length === 0;
    this.keyboard.replaceChildren(...rows.map((row) => el("div", {}, ...row.map((button) =>
      el("button", { type: "button", class: "key", onclick: () => this.say(button.text) }, button.text)))));
    this.menu.hidden = commands.length === 0;
    this.menu.querySelector("div").replaceChildren(...commands.map(({ command, description }) =>
      el("button", { type: "button", onclick: () => { this.menu.open = false; this.say(`/${command}`); } },
        el("b", {}, `/${command}`), ` ${description}`)));
  }

  typed() {
    this.draft.text = this.text.value;
    this.grow();
  }

  key(event) {
    const thumb = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || thumb) return;
    event.preventDefault();
    this.send();
  }

  replyTo(message, words = "") {
    this.draft.reply = message ? { message_id: message.message_id, excerpt: words } : null;
    this.reply.hidden = !message;
    this.reply.querySelector("span").textContent = words;
    if (message) this.text.focus();
  }

  attach(files) {
    this.draft.files = [...this.draft.files, ...files].slice(0, ALBUM);
    this.files.value = "";
    this.showFiles();
  }

  async fillIn() {
    const { draft } = this;
    draft.samples = (draft.samples ?? this.phone.who.selectedIndex - 1) + 1;
    const { text, picture } = sample(draft.samples);
    draft.text = text;
    draft.files = [await picture()];
    if (draft !== this.draft) return;
    this.text.value = text;
    this.grow();
    this.showFiles();
    this.text.focus();
    this.text.scrollTop = 0;
  }

  showFiles() {
    for (const image of this.attached.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.attached.hidden = this.draft.files.length === 0;
    this.attached.replaceChildren(...this.draft.files.map((file, place) => {
      const shown = file.type.startsWith("image/")
        ? el("img", { src: URL.createObjectURL(file), alt: file.name })
        : el("span", {}, file.name);
      const remove = () => { this.draft.files.splice(place, 1); this.showFiles(); };
      return el("figure", { "data-testid": "attached" }, shown,
        el("button", { type: "button", "aria-label": `Togli ${file.name}`, onclick: remove }, "✕"));
    }));
  }

  grow() {
    this.text.style.height = "auto";
    const { scrollHeight } = this.text;
    // A pane that is not shown has no height.
    if (scrollHeight) this.text.style.height = `${scrollHeight + 2}px`;
  }

  /** Say something at once, whatever is in the draft. */
  async say(text) {
    const { person, chat } = this.phone;
    await post("/control/telegram/write", { person, chat: chat.id, text }).catch(() => {});
    this.phone.toBottom();
  }

  async send() {
    const { draft } = this;
    const [text, files] = [draft.text.trim(), draft.files];
    if (this.sending || (!text && !files.length)) return;
    const where = { person: this.phone.person, chat: this.phone.chat.id };
    this.sending = true;
    this.submit.disabled = true;
    try {
      const caption = text.length <= CAPTION ? text : "";
      if (files.length) await this.upload(where, caption, files);
      draft.files = [];
      const reply = draft.reply ? { reply_to: draft.reply.message_id } : {};
      if (text && !(files.length && caption)) {
        await post("/control/telegram/write", { ...where, text, ...reply });
      }
      // What was typed meanwhile stays.
      draft.text = draft.text.trim() === text ? "" : draft.text;
      draft.reply = null;
    } catch {
      // Said already; the draft stays.
    } finally {
      this.sending = false;
      this.submit.disabled = false;
    }
    if (draft === this.draft) this.changeHands(this.phone.person);
    this.phone.toBottom();
  }

  async upload(where, caption, files) {
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    const others = files.filter((file) => !pictures.includes(file));
    let words = caption;
    const send = async (verb, some) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...where, caption: words })) form.set(name, value);
      for (const file of some) form.append("file", file, file.name);
      words = "";
      await post(`/control/telegram/${verb}`, form);
    };
    if (pictures.length) await send(pictures.length > 1 ? "album" : "photo", pictures);
    for (const file of others) await send(file.type.startsWith("video/") ? "video" : "document", [file]);
  }
}
