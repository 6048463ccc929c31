// Messages as Telegram shows them: text with entities, photos, albums, buttons.

import { el, link, time } from "/screen/dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

const file = (id) => `/control/telegram/file/${encodeURIComponent(id)}`;

/** Messages that belong together, as [key, messages]: an album is one bubble. */
export function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1)?.[1];
    const album = message.media_group_id;
    if (album && last?.[0].media_group_id === album) last.push(message);
    else groups.push([message.message_id, [message]]);
  }
  return groups;
}

/** A bubble. `acts`: press(message, button, element), command(text), reply(message), edit(message). */
export function bubble({ messages, reactions, mine, named }, acts) {
  const [first] = messages;
  const news = service(first);
  if (news) return el("p", { class: "service", "data-testid": "message" }, news);
  const captioned = messages.find((message) => message.caption) ?? first;
  const author = [first.from.first_name, first.from.last_name].filter(Boolean).join(" ");
  const keyboard = messages.at(-1).reply_markup?.inline_keyboard;
  return el(
    "article",
    {
      class: `message ${mine ? "mine" : "theirs"}`,
      "data-testid": "message",
      "data-id": first.message_id,
      "data-from": first.from.first_name,
      "aria-label": `${author}, ${time(new Date(first.date * 1000))}`,
    },
    el(
      "div",
      { class: `bubble ${photos(messages).length ? "pictured" : ""}` },
      named ? el("p", { class: "author", "data-hue": first.from.id % 6 }, author) : null,
      first.forward_origin ? origin(first.forward_origin) : null,
      first.reply_to_message ? quote(first.reply_to_message) : null,
      ...attachments(messages),
      words(captioned, acts),
      el(
        "p",
        { class: "foot" },
        ...reactions.map((reaction) => el("span", { class: "reaction" }, reaction)),
        mine && !first.forward_origin && (captioned.text || captioned.caption) ? el("button", {
          type: "button", class: "answer", title: "Correggi",
          "aria-label": "Correggi questo messaggio",
          onclick: () => acts.edit(captioned),
        }, "✎") : null,
        el("button", {
          type: "button", class: "answer", title: "Rispondi",
          "aria-label": "Rispondi a questo messaggio",
          onclick: () => acts.reply(captioned),
        }, "↩"),
        messages.some((message) => message.edit_date) ? "modificato " : "",
        el("time", {}, time(new Date(first.date * 1000))),
      ),
    ),
    keyboard ? buttons(messages.at(-1), keyboard, acts) : null,
  );
}

const KINDS = {
  photo: "Foto", video: "Video", voice: "Vocale", document: "Documento", location: "Posizione",
};

export function excerpt(message) {
  const kind = Object.keys(KINDS).find((one) => message[one]);
  const text = message.text ?? message.caption ?? KINDS[kind] ?? "Messaggio";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function service(message) {
  const names = (people) => people.map((person) => person.first_name).join(", ");
  if (message.new_chat_members) return `Ora c’è anche ${names(message.new_chat_members)}`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} è fuori dal gruppo`;
  if (message.migrate_to_chat_id) return "Il gruppo è diventato un supergruppo";
  if (message.forum_topic_created) return `Nuovo argomento: ${message.forum_topic_created.name}`;
  return null;
}

function quote(message) {
  return el("div", { class: "quote" }, el("b", {}, message.from.first_name), el("br"), excerpt(message));
}

function origin({ chat, sender_user: sender }) {
  return el("p", { class: "origin" }, "Inoltrato da ", el("b", {}, chat?.title ?? sender?.first_name ?? "qualcuno"));
}

function photos(messages) {
  return messages.filter((message) => message.photo).map((message) => message.photo.at(-1));
}

function attachments(messages) {
  const shown = photos(messages);
  const parts = [];
  if (shown.length) {
    const pictures = shown.map(({ file_id, width, height }) =>
      el("a", { href: file(file_id), target: "_blank", rel: "noopener" },
        el("img", { src: file(file_id), width, height, alt: "Foto allegata" })));
    parts.push(el("div", { class: "pictures", "data-count": Math.min(shown.length, 4) }, ...pictures));
  }
  for (const message of messages) {
    const film = message.video ?? message.animation ?? message.video_note;
    const sound = message.voice ?? message.audio;
    if (film) parts.push(player("video", film, "Video"));
    if (sound) parts.push(player("audio", sound, message.voice ? "Vocale" : "Registrazione"));
    if (message.document && !message.animation) {
      const { file_id, file_name = "documento", file_size: size } = message.document;
      parts.push(el("a", { class: "document", href: file(file_id), download: file_name },
        `📄 ${file_name}`, el("small", {}, ` ${weight(size)}`)));
    }
    if (message.sticker) parts.push(el("p", { class: "sticker" }, message.sticker.emoji ?? "🙂"));
    if (message.contact) parts.push(el("p", {}, `👤 ${message.contact.phone_number}`));
    if (message.venue) parts.push(el("p", {}, "📍 ", el("b", {}, message.venue.title), `, ${message.venue.address}`));
    else if (message.location) {
      parts.push(el("p", {}, `📍 ${message.location.latitude}, ${message.location.longitude}`));
    }
  }
  return parts;
}

function player(tag, { file_id }, label) {
  return el(tag, { src: file(file_id), controls: true, preload: "metadata", "aria-label": label });
}

function weight(bytes) {
  if (bytes < 1024) return `${bytes} byte`;
  const megabytes = bytes / 1024 / 1024;
  return megabytes < 1 ? `${Math.round(bytes / 1024)} KB` : `${megabytes.toFixed(1).replace(".", ",")} MB`;
}

function words(message, acts) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  const entities = [...(message.entities ?? message.caption_entities ?? [])];
  entities.sort((one, other) => one.offset - other.offset || other.length - one.length);
  return el("div", { class: "words" }, ...marked(text, 0, text.length, entities, acts));
}

/** Nodes of text[start, end); the entities lie inside and are nested or apart, as Telegram's are. */
function marked(text, start, end, entities, acts) {
  const nodes = [];
  let place = start;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset < place) continue;
    nodes.push(text.slice(place, entity.offset));
    const inside = entities.slice(i + 1).filter((other) => other.offset < stop);
    const said = text.slice(entity.offset, stop);
    nodes.push(dressed(entity, said, marked(text, entity.offset, stop, inside, acts), acts));
    place = stop;
  }
  nodes.push(text.slice(place, end));
  return nodes.filter((node) => node !== "");
}

function dressed(entity, said, inside, acts) {
  switch (entity.type) {
    case "text_link": return link(entity.url, said);
    case "url": return link(said);
    case "email": return link(`mailto:${said}`, said);
    case "bot_command":
      return el("a", { class: "command", href: "#", role: "button", onclick: (event) => { event.preventDefault(); acts.command(said); } }, said);
    case "spoiler":
      return el("span", { class: "spoiler", tabindex: "0" }, ...inside);
    default:
      return el(TAGS[entity.type] ?? "span", { class: TAGS[entity.type] ? null : "mention" }, ...inside);
  }
}

function buttons(message, rows, acts) {
  return el("div", { class: "keys" }, ...rows.map((row) =>
    el("div", {}, ...row.map((button) => key(message, button, acts)))));
}

function key(message, button, acts) {
  const address = button.url ?? button.web_app?.url;
  if (address && /^https?:/.test(address)) {
    return el("a", { class: "key", href: address, target: "_blank", rel: "noopener" }, `${button.text} ↗`);
  }
  const act = button.copy_text
    ? () => navigator.clipboard.writeText(button.copy_text.text)
    : (event) => acts.press(message, button, event.currentTarget);
  return el("button", { type: "button", class: `key ${button.style ?? ""}`, onclick: act }, button.text);
}
