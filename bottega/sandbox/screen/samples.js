// Initiatives to try with, each with a picture drawn on the spot. All invented.

const TEXTS = [
  "A Morbegno nasce il Bosco dei Nuovi Nati. Sabato 21 marzo, alle 10, in via Merizzi, il Comune di " +
  "Morbegno pianta 120 alberi, uno per ogni bambino nato in città nell’ultimo anno. Le famiglie " +
  "ricevono una targhetta con il nome e un codice per seguire la crescita della propria pianta dal " +
  "telefono. Gli alunni della scuola primaria misurano ogni mese altezza e ombra, e i dati sono " +
  "pubblicati sul sito del Comune. Il progetto è costato 18.000 euro, coperti per metà da un bando " +
  "regionale, e prosegue l’anno prossimo in altri due quartieri. Per informazioni: Ufficio ambiente, " +
  "ambiente@comune.example.",
  "Il Comune di Casalmaggiore ha avviato il Bus su misura. Dal 2 febbraio chi abita nelle frazioni " +
  "prenota la corsa con una telefonata o con un messaggio, e il pulmino passa entro mezz’ora alla " +
  "fermata più vicina. Nei primi due mesi lo hanno usato 640 persone, per metà sopra i settant’anni, " +
  "soprattutto per andare al mercato e in ambulatorio. Il servizio costa un euro e cinquanta ed è " +
  "gestito con due mezzi elettrici insieme a una cooperativa del posto. I percorsi sono decisi ogni " +
  "sera da un programma aperto, che altri Comuni possono riusare gratis. Il prossimo passo: le corse " +
  "del sabato sera per i ragazzi.",
  "A Cernusco sul Naviglio apre lo Sportello Energia di quartiere. Ogni giovedì, dalle 15 alle 19, in " +
  "biblioteca, studenti di ingegneria e tecnici del Comune di Cernusco sul Naviglio leggono insieme " +
  "ai cittadini le bollette e spiegano come consumare meno. In sei mesi 410 famiglie hanno avuto un " +
  "piccolo piano su misura, con un risparmio medio di 190 euro l’anno; 35 condomìni hanno chiesto di " +
  "entrare nella comunità energetica, che metterà i pannelli sul tetto di tre scuole. Lo sportello è " +
  "gratuito e senza appuntamento. Da aprile apre anche una sede in un secondo quartiere, con " +
  "materiali in sei lingue.",
];

const DRAWINGS = [woods, bus, roofs];

/** The nth sample: its text, and `picture()`, which draws a File. They come round again. */
export function sample(n) {
  const which = ((n % TEXTS.length) + TEXTS.length) % TEXTS.length;
  return { text: TEXTS[which], picture: () => drawn(DRAWINGS[which], `esempio-${which + 1}.jpg`) };
}

function drawn(draw, name) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 854 });
  draw(canvas.getContext("2d"));
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], name, { type: "image/jpeg" })), "image/jpeg", 0.88);
  });
}

function sky(c, high, low) {
  const light = c.createLinearGradient(0, 0, 0, 854);
  light.addColorStop(0, high);
  light.addColorStop(1, low);
  c.fillStyle = light;
  c.fillRect(0, 0, 1280, 854);
}

function disc(c, x, y, radius, color) {
  c.fillStyle = color;
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.fill();
}

function box(c, x, y, width, height, color, round = 0) {
  c.fillStyle = color;
  c.beginPath();
  c.roundRect(x, y, width, height, round);
  c.fill();
}

function shape(c, color, ...points) {
  c.fillStyle = color;
  c.beginPath();
  for (const [x, y] of points) c.lineTo(x, y);
  c.fill();
}

function hill(c, height, bump, color) {
  c.fillStyle = color;
  c.beginPath();
  c.moveTo(0, 854);
  c.lineTo(0, height);
  c.bezierCurveTo(400, height - bump, 800, height + bump, 1280, height - bump / 2);
  c.lineTo(1280, 854);
  c.fill();
}

function woods(c) {
  sky(c, "#8fc7ee", "#fdf3da");
  disc(c, 1010, 190, 84, "#ffd36b");
  shape(c, "#9fb6c9", [0, 560], [260, 250], [430, 440], [640, 200], [930, 560]);
  shape(c, "#b4c8d8", [560, 560], [880, 310], [1060, 430], [1280, 290], [1280, 560]);
  hill(c, 560, 70, "#8dbb6d");
  hill(c, 660, -50, "#6fa352");
  for (let i = 0; i < 16; i += 1) {
    const [x, y, size] = [50 + i * 80 + ((i * 53) % 40), 640 + ((i * 71) % 150), 34 + ((i * 29) % 26)];
    box(c, x - 5, y, 10, size * 1.5, "#6b4a2f");
    disc(c, x, y - size * 0.4, size, i % 3 ? "#3f7d3c" : "#5c9a45");
    disc(c, x - size * 0.3, y - size * 0.7, size * 0.45, "rgb(255 255 255 / 14%)");
  }
}

function bus(c) {
  sky(c, "#f6d8b8", "#fff6e6");
  for (let i = 0; i < 9; i += 1) {
    const [x, height] = [i * 150 - 30, 200 + ((i * 97) % 170)];
    box(c, x, 620 - height, 138, height, ["#d98c6a", "#e6b58a", "#c9785c"][i % 3]);
    for (let w = 0; w < 6; w += 1) {
      box(c, x + 24 + (w % 2) * 56, 650 - height + Math.floor(w / 2) * 66, 32, 40, "#fff3d6", 4);
    }
  }
  box(c, 0, 620, 1280, 40, "#cfc6b8");
  box(c, 0, 660, 1280, 194, "#5b6068");
  for (let i = 0; i < 8; i += 1) box(c, i * 180 + 20, 750, 100, 10, "#f1efe8", 4);
  box(c, 330, 430, 640, 270, "#1d7f74", 46);
  box(c, 330, 590, 640, 36, "#f4c74a");
  for (let i = 0; i < 4; i += 1) box(c, 370 + i * 122, 470, 104, 96, "#d8f0f2", 14);
  box(c, 866, 470, 82, 150, "#d8f0f2", 14);
  for (const x of [470, 830]) {
    disc(c, x, 700, 56, "#2b2e33");
    disc(c, x, 700, 24, "#c8ccd2");
  }
}

function roofs(c) {
  sky(c, "#5aa5e0", "#dff0fb");
  disc(c, 230, 170, 76, "#ffe08a");
  for (const [x, y] of [[560, 150], [900, 220]]) {
    for (const [dx, size] of [[0, 44], [56, 60], [120, 42]]) disc(c, x + dx, y, size, "#ffffff");
  }
  hill(c, 620, 40, "#a9cc8b");
  for (const [x, wall] of [[90, "#f3e3c8"], [480, "#efd0b4"], [870, "#f7ecd9"]]) {
    box(c, x, 470, 320, 260, wall);
    shape(c, "#a9573f", [x - 26, 480], [x + 60, 310], [x + 346, 310], [x + 346, 480]);
    for (let i = 0; i < 6; i += 1) {
      const [px, py] = [x + 66 + (i % 3) * 88, 326 + Math.floor(i / 3) * 72];
      box(c, px, py, 80, 62, "#1f3f74", 4);
      box(c, px + 38, py, 3, 62, "#5c83c4");
      box(c, px, py + 30, 80, 3, "#5c83c4");
    }
    for (const dx of [40, 210]) box(c, x + dx, 530, 70, 80, "#7fb3d1", 6);
    box(c, x + 130, 620, 60, 110, "#6b4a2f", 6);
  }
  box(c, 0, 730, 1280, 124, "#7fae62");
}
