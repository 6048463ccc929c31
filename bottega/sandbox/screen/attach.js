// What one attaches to a message: photos, films, files, a voice note, a place, a channel's post.

import { el, post, toast } from "/screen/dom.js";
import { record } from "/screen/voice.js";

const CHANNEL = "Notizie dal Comune";
const PLACES = [
  { title: "Biblioteca comunale", address: "Via Roma 1, Tirano (SO)", latitude: 46.2163, longitude: 10.1669 },
  { title: "Palazzo del Comune", address: "Piazza del Municipio, Morbegno (SO)", latitude: 46.1363, longitude: 9.5714 },
  { latitude: 45.46427, longitude: 9.18951 },
];

export class Attach {
  constructor(form, composer) {
    this.composer = composer;
    const find = (selector) => form.querySelector(selector);
    this.menu = find(".attach");
    this.line = find(".line");
    this.recording = find(".recording");
    this.voices = find("input[name=voice]");
    this.choose("media", (files) => composer.add(files));
    this.choose("plain", (files) => composer.add(files, true));
    this.choose("voice", ([file]) => this.sendVoice(file, 1));
    this.act(".speak", () => this.speak());
    this.act(".place", () => this.offerPlaces());
    this.act(".forward", () => composer.forward(CHANNEL));
    this.recording.querySelector(".drop").addEventListener("click", () => this.stop(false));
    this.recording.querySelector(".done").addEventListener("click", () => this.stop(true));
  }

  choose(name, take) {
    const input = this.menu.querySelector(`input[name=${name}]`);
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = "";
      this.menu.open = false;
    });
  }

  act(selector, what) {
    this.menu.querySelector(selector).addEventListener("click", () => { this.menu.open = false; what(); });
  }

  /** Record until one says so; without a microphone, take a recording that exists. */
  async speak() {
    const clock = this.recording.querySelector("time");
    clock.textContent = "0:00";
    try {
      this.recorder = await record((seconds) => {
        clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      });
    } catch {
      toast("Il microfono non c’è, o il browser non lo concede: scegli una registrazione.");
      this.voices.click();
      return;
    }
    this.show(true);
    this.recording.querySelector(".done").focus();
  }

  async stop(send) {
    const { blob, seconds } = await this.recorder.stop();
    this.show(false);
    if (send) await this.sendVoice(new File([blob], "vocale"), seconds);
  }

  show(recording) {
    this.recording.hidden = !recording;
    this.line.hidden = recording;
  }

  async sendVoice(file, seconds) {
    const { composer } = this;
    await composer.upload("voice", { ...composer.where, seconds }, [{ file }]).catch(() => {});
    composer.phone.toBottom();
  }

  offerPlaces() {
    const box = document.querySelector("dialog.places");
    box.querySelector("div").replaceChildren(...PLACES.map((place) => {
      const { title, address, latitude, longitude } = place;
      const words = title ? [el("b", {}, title), ` ${address}`]
        : [el("b", {}, "Un punto sulla mappa"), ` ${latitude}, ${longitude}`];
      return el("button", { type: "button", onclick: () => { box.close(); this.sendPlace(place); } }, ...words);
    }));
    box.showModal();
  }

  async sendPlace(place) {
    const { composer } = this;
    const verb = place.title ? "venue" : "location";
    await post(`/control/telegram/${verb}`, { ...composer.where, ...place }).catch(() => {});
    composer.phone.toBottom();
  }
}
