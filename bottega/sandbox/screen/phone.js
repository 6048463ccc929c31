// One chat as a phone shows it, with the choice of whose hands hold the phone.

import { bubble, excerpt, grouped } from "/screen/bubble.js";
import { Composer } from "/screen/composer.js";
import { alertBox, el, post, reconcile, toast } from "/screen/dom.js";

const BOTTOM = 60;

/** A pane. `kind` is "participant" (each one's own chat with the bot) or "group" (one for all). */
export class Phone {
  constructor(pane, kind) {
    this.pane = pane;
    this.kind = kind;
    pane.append(document.getElementById("phone").content.cloneNode(true));
    const find = (selector) => pane.querySelector(selector);
    this.title = find("h2");
    this.status = find(".status");
    this.log = find(".messages");
    this.latest = find(".latest");
    this.begin = find(".start");
    this.more = find(".more");
    this.invitations = new Map();
    this.who = find("select");
    this.who.dataset.testid = `${kind}-who`;
    this.log.setAttribute("aria-label", kind === "group" ? "Messaggi del gruppo" : "Messaggi con il bot");
    this.composer = new Composer(find(".composer"), this);
    this.who.addEventListener("change", () => this.changeHands());
    this.latest.addEventListener("click", () => this.toBottom());
    this.log.addEventListener("scroll", () => { if (this.atBottom()) this.latest.hidden = true; });
    find(".start .primary").addEventListener("click", () => this.startBot());
    find(".block").addEventListener("click", () => { this.more.open = false; this.tell("block"); });
  }

  get person() { return Number(this.who.value); }

  get chat() { return this.chats.get(this.kind === "group" ? this.groupId : this.person); }

  /** Take the state of the sandbox. */
  show(state) {
    const { people, chats, bot } = state.telegram;
    this.state = state;
    this.bot = bot;
    this.chats = new Map(chats.map((chat) => [chat.id, chat]));
    const group = chats.find((chat) => chat.type !== "private" && !chat.migrated_to);
    this.groupId = group?.id;
    this.offer(people, group);
    if (this.chat) this.draw();
  }

  offer(people, group) {
    const inGroup = (person) => ["creator", "administrator", "member"].includes(group?.members[person.id]);
    const option = (person) => {
      const part = this.state.parts[person.id];
      const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
      return el("option", { value: person.id }, part ? `${name} · ${part}` : name);
    };
    const [inside, outside] = [people.filter(inGroup), people.filter((one) => !inGroup(one))];
    const order = this.kind === "group" ? [["", inside]] : [["Partecipanti", outside], ["Altri", inside]];
    const signature = JSON.stringify([order, this.state.parts]);
    if (signature === this.offered) return;
    this.offered = signature;
    const chosen = this.who.value;
    const groups = order.filter(([, some]) => some.length).map(([label, some]) =>
      label ? el("optgroup", { label }, ...some.map(option)) : some.map(option)).flat();
    this.who.replaceChildren(...groups);
    if ([...this.who.options].some((one) => one.value === chosen)) this.who.value = chosen;
    this.composer.changeHands(this.person);
  }

  draw() {
    const { chat } = this;
    const low = this.atBottom() || this.drawn !== this.hands();
    const before = this.log.childElementCount;
    const group = this.kind === "group";
    this.pane.querySelector(".mark").textContent = (group ? chat.title : this.bot.first_name)[0];
    this.title.textContent = group ? chat.title : this.bot.first_name;
    const members = Object.values(chat.members).filter((status) => !["left", "kicked"].includes(status));
    this.status.textContent = chat.action ? "sta scrivendo…" : group ? `${members.length} membri` : "bot";
    reconcile(this.log, this.items(), (item) => bubble(item, this.acts()));
    this.offerStart();
    this.more.hidden = this.standing() !== "member";
    this.composer.show(chat, this.state.menus[chat.id] ?? []);
    if (low) this.toBottom();
    else if (this.log.childElementCount > before) this.latest.hidden = false;
    this.drawn = this.hands();
  }

  items() {
    const mine = this.person;
    return grouped(this.chat.messages).map(([key, messages]) => [`${this.chat.id}:${key}`, {
      messages,
      mine: messages[0].from.id === mine,
      named: this.kind === "group" && messages[0].from.id !== mine,
      reactions: (this.chat.reactions[key] ?? []).map((reaction) => reaction.emoji ?? "★"),
    }]);
  }

  /** How one stands with the bot: "member", "kicked" (blocked), or undefined (never started). */
  standing() { return this.kind === "group" ? "here" : this.chat.members[this.bot.id]; }

  /** What is in place of writing: AVVIA at first or after a link, and a way back to a blocked bot. */
  offerStart() {
    const standing = this.standing();
    const blocked = standing === "kicked";
    const invited = this.invitations.has(this.person) && standing !== "here";
    const [words, button] = this.begin.children;
    this.begin.hidden = Boolean(standing) && !blocked && !invited;
    this.begin.classList.toggle("low", Boolean(standing));
    words.textContent = blocked ? "Hai bloccato questo bot: non può più scriverti."
      : this.state.description || "Questo è il bot della redazione. Premi AVVIA per cominciare.";
    words.hidden = Boolean(standing) && !blocked;
    button.textContent = blocked ? "RIAVVIA IL BOT" : "AVVIA";
    this.composer.form.hidden = !this.begin.hidden;
    this.log.hidden = !standing;
  }

  /** Take a link to the bot: the next AVVIA carries what it says. */
  invite(what) {
    this.invitations.set(this.person, what);
    this.draw();
  }

  async startBot() {
    const what = this.invitations.get(this.person);
    this.invitations.delete(this.person);
    if (this.standing() === "kicked") await this.tell("unblock");
    await this.composer.say(what ? `/start ${what}` : "/start");
    this.draw();
  }

  tell(verb) {
    return post(`/control/telegram/${verb}`, { person: this.person }).catch(() => {});
  }

  acts() {
    return {
      press: (message, button, key) => this.press(message, button, key),
      command: (text) => this.composer.say(text),
      reply: (message) => this.composer.replyTo(message),
      edit: (message) => this.composer.edit(message),
    };
  }

  excerpt(message) { return excerpt(message); }

  async press(message, button, key) {
    key.setAttribute("aria-busy", "true");
    const said = { person: this.person, chat: message.chat.id, message_id: message.message_id };
    try {
      const answer = await post("/control/telegram/press", { ...said, button: button.callback_data });
      if (answer.text && answer.alert) alertBox(answer.text);
      else if (answer.text) toast(answer.text, "", this.pane.querySelector(".toasts"));
    } catch {
      // Said already.
    } finally {
      key.removeAttribute("aria-busy");
    }
  }

  changeHands() {
    this.composer.changeHands(this.person);
    this.draw();
  }

  hands() { return this.kind === "group" ? String(this.groupId) : String(this.person); }

  atBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < BOTTOM;
  }

  toBottom() {
    this.log.scrollTop = this.log.scrollHeight;
    this.latest.hidden = true;
  }
}
