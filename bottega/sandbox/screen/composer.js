// Where one writes: text, files, commands, and the bot's own keyboard. Each person has a draft.

import { Attach } from "/screen/attach.js";
import { el, post } from "/screen/dom.js";
import { sample } from "/screen/samples.js";

const CAPTION = 1024;
const ALBUM = 10;
const ABOUT = {
  reply: (words) => `↩ ${words}`,
  edit: () => "✎ Correggi il messaggio",
  forward: (channel) => `↪ Inoltri dal canale «${channel}»`,
};

const empty = () => ({ text: "", files: [], about: null, samples: null, prompted: 0 });
const moving = ({ file }) => file.type.startsWith("video/");
const still = ({ file, plain }) => !plain && file.type.startsWith("image/");

export class Composer {
  constructor(form, phone) {
    this.form = form;
    this.phone = phone;
    this.drafts = new Map();
    const find = (selector) => form.querySelector(selector);
    this.text = find("textarea");
    this.attached = find(".attached");
    this.keyboard = find(".keyboard");
    this.menu = find(".commands");
    this.about = find(".about");
    this.sample = find(".sample");
    this.submit = find(".send");
    this.sample.hidden = phone.kind === "group";
    this.attach = new Attach(form, this);
    this.changeHands(null);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.sample.addEventListener("click", () => this.fillIn());
    this.about.querySelector("button").addEventListener("click", () => this.leave());
  }

  /** Whose words these are, and where they go. */
  get where() { return { person: this.phone.person, chat: this.phone.chat.id }; }

  /** Put down one draft and take up another; in a group each has its own, too. */
  changeHands(person) {
    if (!this.drafts.has(person)) this.drafts.set(person, empty());
    this.draft = this.drafts.get(person);
    this.text.value = this.draft.text;
    this.grow();
    this.showFiles();
    this.showAbout();
  }

  /** Show what the chat offers: the bot's keyboard, its commands, what it wants answered. */
  show(chat, commands) {
    this.answerPrompt(chat);
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

  /** Begin an answer to the message that asks for one, once, unless it was answered. */
  answerPrompt({ prompt, messages }) {
    if (!prompt || prompt <= this.draft.prompted || this.draft.about) return;
    this.draft.prompted = prompt;
    const asked = messages.find((message) => message.message_id === prompt);
    const since = messages.filter((message) => message.message_id > prompt);
    if (!asked || since.some((message) => message.from.id === this.phone.person)) return;
    this.turnTo({ what: "reply", message: asked, words: this.phone.excerpt(asked) });
    if (this.phone.pane.contains(document.activeElement)) this.text.focus();
  }

  typed() {
    this.draft.text = this.text.value;
    this.grow();
  }

  key(event) {
    if (event.key === "Escape" && this.draft.about) this.leave();
    const thumb = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || thumb) return;
    event.preventDefault();
    this.send();
  }

  replyTo(message) {
    this.turnTo({ what: "reply", message, words: this.phone.excerpt(message) });
    this.text.focus();
  }

  edit(message) {
    this.turnTo(null);
    this.turnTo({ what: "edit", message, before: this.draft.text });
    this.fill(message.text ?? message.caption ?? "");
  }

  /** Pass on a channel's post: what is in the draft or, when there is nothing, a sample. */
  async forward(channel) {
    if (!this.draft.text && !this.draft.files.length) await this.fillIn();
    this.turnTo({ what: "forward", words: channel });
  }

  /** Say what the draft is about; one that corrected a message is again what it was before. */
  turnTo(about) {
    const { about: old } = this.draft;
    this.draft.about = about;
    if (old?.what === "edit") this.fill(old.before);
    this.showAbout();
  }

  leave() {
    this.turnTo(null);
    this.text.focus();
  }

  showAbout() {
    const { about } = this.draft;
    this.about.hidden = !about;
    this.about.querySelector("span").textContent = about ? ABOUT[about.what](about.words) : "";
  }

  fill(text) {
    this.draft.text = this.text.value = text;
    this.grow();
    this.showFiles();
    this.text.focus();
    this.text.scrollTop = 0;
  }

  /** Put files beside the text; `plain` ones go as they are. */
  add(files, plain = false) {
    const more = [...files].map((file) => ({ file, plain }));
    this.draft.files = [...this.draft.files, ...more].slice(0, ALBUM);
    this.showFiles();
  }

  async fillIn() {
    const { draft } = this;
    draft.samples = (draft.samples ?? this.phone.who.selectedIndex - 1) + 1;
    const { text, picture } = sample(draft.samples);
    draft.files = [{ file: await picture(), plain: false }];
    draft.text = text;
    if (draft === this.draft) this.fill(text);
  }

  showFiles() {
    for (const image of this.attached.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.attached.hidden = this.draft.files.length === 0;
    this.attached.replaceChildren(...this.draft.files.map((one, place) => {
      const { name } = one.file;
      const shown = still(one)
        ? el("img", { src: URL.createObjectURL(one.file), alt: name })
        : el("span", { class: "name" }, moving(one) && !one.plain ? "🎬 " : "📄 ", name);
      const remove = () => { this.draft.files.splice(place, 1); this.showFiles(); };
      return el("figure", { "data-testid": "attached" }, shown,
        el("button", { type: "button", "aria-label": `Togli ${name}`, onclick: remove }, "✕"));
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
    await post("/control/telegram/write", { ...this.where, text }).catch(() => {});
    this.phone.toBottom();
  }

  async send() {
    const { draft } = this;
    const text = draft.text.trim();
    if (this.sending || (!text && !draft.files.length)) return;
    this.sending = true;
    this.submit.disabled = true;
    try {
      await this.deliver(draft, text);
      // What was typed meanwhile stays.
      draft.text = draft.text.trim() === text ? draft.about?.before ?? "" : draft.text;
      draft.about = null;
    } catch {
      // Said already; the draft stays.
    } finally {
      this.sending = false;
      this.submit.disabled = false;
    }
    if (draft === this.draft) this.changeHands(this.phone.person);
    this.phone.toBottom();
  }

  async deliver(draft, text) {
    const { about, files } = draft;
    const { where } = this;
    if (about?.what === "edit") {
      await post("/control/telegram/edit", { ...where, message_id: about.message.message_id, text });
    } else if (about?.what === "forward") {
      await this.upload("forward", { ...where, channel: about.words, text }, files.filter(still));
      draft.files = [];
    } else {
      const reply = about ? { reply_to: about.message.message_id } : {};
      const caption = text.length <= CAPTION ? text : "";
      if (files.length) await this.sendFiles({ ...where, ...reply, caption }, files);
      draft.files = [];
      if (text && !(files.length && caption)) {
        await post("/control/telegram/write", { ...where, ...reply, text });
      }
    }
  }

  /** Pictures and films go together, as an album if there are several; then each other file. */
  async sendFiles(said, files) {
    const seen = files.filter((one) => !one.plain && (still(one) || moving(one)));
    const rest = files.filter((one) => !seen.includes(one));
    if (seen.length > 1) await this.upload("album", said, seen);
    else if (seen.length) await this.upload(still(seen[0]) ? "photo" : "video", said, seen);
    for (const [place, one] of rest.entries()) {
      const caption = seen.length || place ? "" : said.caption;
      await this.upload("document", { ...said, caption }, [one]);
    }
  }

  async upload(verb, said, files) {
    const form = new FormData();
    for (const [name, value] of Object.entries(said)) form.set(name, value);
    for (const { file } of files) form.append("file", file, file.name);
    await post(`/control/telegram/${verb}`, form);
  }
}
