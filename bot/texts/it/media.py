"""What people are told of the files, places and links they send, and of films that go out."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from content.attachments import MAX_FILES
from content.media import Medium, MediumKind, Refusal

_INTACT: Final = "Il resto della scheda è intatto."
REFUSED: Final[Mapping[Refusal, str]] = {
    Refusal.TOO_BIG: (
        "Questo file supera i 20 MB e Telegram non me lo consegna. Mandalo come foto, o più "
        f"piccolo. {_INTACT}"
    ),
    Refusal.TOO_MANY_PIXELS: (
        "Questa immagine è troppo grande da aprire (oltre 40 megapixel). Mandane una versione "
        f"ridotta. {_INTACT}"
    ),
    Refusal.TOO_MANY_PAGES: (
        "Questo documento ha più di 200 pagine: mandane solo la parte che serve, oppure il link "
        f"alla pagina dove si scarica. {_INTACT}"
    ),
    Refusal.SWELLS: f"Questo file, una volta aperto, è troppo grande: non l’ho tenuto. {_INTACT}",
    Refusal.BROKEN: (
        f"Questo file è rovinato o è arrivato a metà: non riesco ad aprirlo. Prova a rimandarlo. "
        f"{_INTACT}"
    ),
    Refusal.PROTECTED: (
        f"Questo documento è protetto da una password: mandane una copia senza password. {_INTACT}"
    ),
    Refusal.MACROS: (
        "Questo documento contiene delle macro e per sicurezza non lo tengo: salvalo in PDF e "
        f"rimandalo. {_INTACT}"
    ),
    Refusal.SVG: (
        "Non posso tenere immagini SVG, perché possono contenere programmi: mandala come PNG o "
        f"PDF. {_INTACT}"
    ),
    Refusal.OLD_RECORDING: (
        "Questo formato audio o video non si vede nei browser: mandalo in MP4 (o MP3 per la sola "
        f"voce). {_INTACT}"
    ),
    Refusal.NOT_CAPTIONS: (
        f"Questi sottotitoli non sono in formato WebVTT (.vtt) come mi serve. {_INTACT}"
    ),
    Refusal.INFECTED: (
        "L’antivirus ha trovato qualcosa di pericoloso in questo file: non l’ho tenuto. Controlla "
        f"il tuo dispositivo. {_INTACT}"
    ),
    Refusal.NOT_SCANNED: (
        "In questo momento non riesco a controllare i file con l’antivirus: riprova a mandarlo "
        f"fra poco. {_INTACT}"
    ),
    Refusal.UNKNOWN: (
        "Questo file non è una foto, un video, una registrazione o un documento che so aprire "
        f"(JPEG, PNG, WebP, GIF, MP4, MP3, PDF, Word, Excel, OpenDocument…). {_INTACT}"
    ),
}
TOO_MANY_FILES: Final = (
    f"Ho già {MAX_FILES} fra video, registrazioni e documenti, il massimo: questo non l’ho "
    "aggiunto. Con <b>📷 Foto</b> puoi togliere tutti i file e rimandare quelli che servono."
)
CAPTIONS_ADDED: Final = "💬 Sottotitoli aggiunti al video."
CAPTIONS_WITHOUT_VIDEO: Final = (
    f"Questi sono sottotitoli, ma non vedo ancora un video: manda prima il video. {_INTACT}"
)
TRANSCRIBED: Final = (
    "🎙 Ho trascritto il tuo vocale: rileggilo, e se serve correggilo con <b>✏️ Testo</b>."
)
NOT_TRANSCRIBED: Final = (
    "🎙 Ho allegato il vocale, ma non so scrivere quello che dice: raccontamelo anche in due righe."
)
EDITED_FOLLOWED: Final = "✏️ Ho corretto la scheda come hai corretto il messaggio."
EDITED_AFTER_SENDING: Final = (
    "Ho visto che hai corretto un messaggio, ma la segnalazione è già in redazione così com’era. "
    "Per cambiarla apri /mie e premi <b>✏️ Modifica</b>."
)
PLACE_KEPT: Final = "📍 Ho segnato il luogo."
NO_CONTACTS: Final = (
    "Non tengo numeri di telefono né contatti di altre persone: se serve un riferimento, scrivilo "
    "nel testo."
)
JUST_WORDS: Final = "Bello, ma qui mi servono parole, foto, video o documenti."
DONE_WITH_ALBUM: Final = "✅ Ho finito con le foto"
DESCRIBE_PHOTOS: Final = "👁 Descrivi le foto"
ALL_DESCRIBED: Final = "Non ci sono foto da descrivere."
DESCRIBED: Final = "👁 Grazie: le descrizioni aiutano chi non può vedere le foto."
PAGE_PICTURE: Final = "🖼 Usa la foto della pagina"
PAGE_PICTURE_ADDED: Final = (
    "🖼 Ho aggiunto la foto della pagina: tienila solo se è del tuo ente. Si toglie con "
    "<b>📷 Foto</b>."
)
NO_PAGE_PICTURE: Final = "Non riesco a prendere la foto di quella pagina: mandamela tu."


def too_big(link: str) -> str:
    """Offer another way in for a file that Telegram does not hand over."""
    return (
        "Questo file supera i 20 MB e Telegram non me lo consegna. Caricalo da qui, anche dal "
        f'telefono: <a href="{escape(link)}">carica il file</a>. Il link vale solo per te. '
        f"{_INTACT}"
    )


def album_so_far(photos: int) -> str:
    """Count the photos of an album that is arriving."""
    return f"📷 Album in arrivo: {photos} foto finora." if photos != 1 else "📷 Album in arrivo."


def attached(media: Sequence[Medium]) -> list[str]:
    """List what is attached beside the photos, a line a kind."""
    lines = []
    for kind, label in (
        (MediumKind.VIDEO, "Video"),
        (MediumKind.AUDIO, "Audio"),
        (MediumKind.DOCUMENT, "Documenti"),
    ):
        these = [one for one in media if one.kind is kind]
        if these:
            lines.append(f"<b>{label}:</b> {', '.join(_brief(one) for one in these)}")
    return lines


def located(place: str) -> str:
    """Say where it happens."""
    return f"<b>Luogo:</b> {escape(place)}"


def forwarded(origin: str) -> str:
    """Say whose post was forwarded."""
    return f"<b>Inoltrato da:</b> {escape(origin)}"


def kept(text: bool, photos: int, files: int) -> str:
    """Say what is safe, after something that could not be taken."""
    counted = [
        "il testo" if text else "",
        "una foto" if photos == 1 else f"{photos} foto" if photos else "",
        "un allegato" if files == 1 else f"{files} allegati" if files else "",
    ]
    have = [one for one in counted if one]
    if not have:
        return ""
    return f"Quello che mi avevi già mandato è al sicuro: {' e '.join(have)}."


def too_large_to_show(caption: str, name: str) -> str:
    """Tell moderators of a file that Telegram cannot carry."""
    return (
        f"{escape(caption)}: «{escape(name)}» è troppo grande per Telegram. È conservato, e con il "
        "pezzo esce nella rubrica."
    )


def details(media: Sequence[Medium], place: str | None, origin: str | None) -> list[str]:
    """Tell what else there is of a case: files, place, whose post was forwarded."""
    lines = attached(media)
    if place:
        lines.append(located(place))
    if origin:
        lines.append(forwarded(origin))
    return lines


def ask_alt(number: int) -> str:
    """Ask what a photo shows."""
    return (
        f"👁 Che cosa si vede nella foto {number}? Basta una frase, per chi non può vederla. "
        "Se preferisci, ci pensa la redazione."
    )


def alt_too_long(number: int, length: int, longest: int) -> str:
    """Ask for fewer words on what a photo shows."""
    return (
        f"La descrizione della foto {number} è di {length} caratteri, e ne entrano al massimo "
        f"{longest}: non l’ho salvata. Accorciala e rimandamela, oppure ci pensa la redazione."
    )


def from_page(title: str) -> str:
    """Say where a title comes from."""
    return f"🔗 Ho preso il titolo dalla pagina: «{escape(title)}»."


def _brief(one: Medium) -> str:
    details = [
        f"{int(one.seconds) // 60}:{int(one.seconds) % 60:02}" if one.seconds else "",
        f"{one.pages} pagine" if one.pages and one.pages > 1 else "",
        "sottotitolato" if one.captions else "",
    ]
    told = ", ".join(part for part in details if part)
    name = escape(one.name or "1")
    return f"{name} ({told})" if told else name


def with_film(label: str) -> str:
    """Say that a post shows a film, of which the preview has the poster alone."""
    return f"🎬 Su <b>{escape(label)}</b> esce con il filmato: qui ne vedi un fotogramma."


def without_film(label: str) -> str:
    """Say that a channel does not take the film of a piece."""
    return (
        f"🎬 Su <b>{escape(label)}</b> il filmato non esce: il canale non lo prende così com’è, "
        "per durata, forma o peso. Resta sulla pagina, che il link apre."
    )
