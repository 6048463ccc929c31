"""What participants are told."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from bot.texts.it.rights import ASK_CREDIT
from bot.texts.it.words import KINDS, excerpt, moment
from content.attachments import MAX_PHOTOS
from content.deliveries import Outlet
from content.submissions import MIN_TEXT, Kind

CONSENTED: Final = (
    "Grazie! Ora raccontami: scrivi in un messaggio l’iniziativa, l’idea o il progetto, "
    "con le foto se ne hai. Al resto penso io."
)
CONSENTED_WITH_HELD: Final = "Grazie! Leggo subito quello che mi hai mandato."
ALREADY_CONSENTED: Final = "Avevi già accettato: scrivimi quando vuoi."
HELP: Final = (
    "<b>Come funziona</b>\n"
    "1. Mi scrivi che cosa fa il tuo ente, con le foto se ne hai.\n"
    "2. Ti mostro una scheda: correggi quello che vuoi e premi <b>Invia</b>.\n"
    "3. La redazione legge e decide; ti avviso di ogni passo, fino ai link.\n\n"
    "/nuova — inizia da capo\n/guidami — una domanda alla volta\n/mie — le tue segnalazioni\n"
    "/privacy — i tuoi dati"
)
NEW: Final = (
    "Cominciamo. Scrivi in un messaggio l’iniziativa, l’idea o il progetto: chi, che cosa, dove "
    "e quando. Puoi aggiungere fino a 10 foto."
)
NEW_WITH_OLD: Final = "La bozza di prima resta in /mie. " + NEW
NOTHING_OPEN: Final = "Non c’è nulla in sospeso. Scrivimi pure la tua segnalazione."
SENT_ALREADY: Final = "Questa segnalazione è già in redazione: la trovi in /mie."
NOT_OPEN: Final = "Questa scheda non è più modificabile: in /mie trovi a che punto è."
CANCELLED: Final = "Va bene, lascio com’è."
DISCARDED: Final = "Bozza eliminata. Quando vuoi, scrivimi di nuovo."
NONE_YET: Final = "Non hai ancora segnalazioni. Scrivimi la prima: basta un messaggio."
BLOCKED: Final = (
    "Per ora non posso accettare messaggi da te. Se è un errore, scrivi ad ANCI Lombardia."
)
TROUBLE: Final = (
    "Mi dispiace, qualcosa non ha funzionato da parte nostra. Il tuo messaggio è conservato e la "
    "redazione lo vede: non serve rimandarlo."
)
UNKNOWN_BUTTON: Final = "Questo pulsante non è più valido."
EDITED_MESSAGE: Final = (
    "Ho visto che hai corretto un messaggio già letto. Per cambiare il testo premi "
    "<b>✏️ Testo</b> nella scheda: tutto il resto rimane. Se era per la redazione, riscrivile: "
    "la correzione non la vede."
)
EDITED_IN_VAIN: Final = (
    "Ho visto che hai corretto un messaggio già letto, ma la correzione non la legge nessuno. Se "
    "era per la redazione, riscrivila: apri /mie, scegli la segnalazione e premi "
    "<b>✍️ Scrivi alla redazione</b>."
)
NO_TEXT_IN_IT: Final = (
    "Questo non so leggerlo: mi servono parole, foto, video, registrazioni o documenti."
)
TOO_MANY_PHOTOS: Final = (
    f"Ho già {MAX_PHOTOS} foto, il massimo: questa non l’ho aggiunta. Con <b>📷 Foto</b> puoi "
    "togliere quelle che ci sono."
)
TEXT_TOO_LONG: Final = (
    "Il testo supera i 20.000 caratteri: quest’ultima parte non l’ho aggiunta, il resto c’è tutto. "
    "Puoi sostituirlo con uno più breve premendo <b>✏️ Testo</b>."
)
TITLE_TOO_LONG: Final = (
    "Il titolo è troppo lungo: resta sotto i 300 caratteri. Quello di prima è rimasto."
)
NOT_A_LINK: Final = (
    "Non mi sembra un indirizzo web. Scrivilo così: https://www.comune.esempio.it/pagina"
)
EMPTY_ANSWER: Final = "Non ho trovato parole in questo messaggio. Riprova con una frase."
PHOTOS_REMOVED: Final = "Foto tolte. Puoi mandarne altre."
ASK: Final[Mapping[str, str]] = {
    "text": (
        f"Mi racconti qualcosa di più? Servono almeno {MIN_TEXT} caratteri: che cosa, dove, quando."
    ),
    "organisation": (
        "Di quale ente si tratta? Scrivi per esempio «Comune di Tirano», «Provincia di Lecco», "
        "«Politecnico di Milano»."
    ),
    "title": "Che titolo gli diamo?",
    "link": "Manda l’indirizzo della pagina da collegare (https://…).",
    "photos": "Manda le foto, anche tutte insieme: si aggiungono alla scheda.",
}
REWRITE: Final[Mapping[str, str]] = {
    "text": "Scrivi il nuovo testo: prende il posto di quello che c’è.",
    "organisation": ASK["organisation"],
    "title": "Scrivi il nuovo titolo.",
    "link": ASK["link"],
    "credit": ASK_CREDIT,
}
WHICH_KIND: Final = "Che cosa ci racconti?"
SCHEDA_BUTTONS: Final[Mapping[str, str]] = {
    "title": "✏️ Titolo",
    "kind": "✏️ Tipo",
    "organisation": "✏️ Ente",
    "text": "✏️ Testo",
    "link": "🔗 Link",
    "photos": "📷 Foto",
}
SEND: Final = "📨 Invia alla redazione"
DISCARD: Final = "🗑 Elimina la bozza"
BACK: Final = "↩️ Indietro"
REMOVE_PHOTOS: Final = "🗑 Togli le foto"
MODIFY: Final = "✏️ Modifica"
WITHDRAW: Final = "🗑 Ritira"
STRANGER_GROUP: Final = (
    "Buongiorno! Lavoro con la redazione dei Laboratori dell’Innovazione: per raccontarmi "
    "qualcosa, scrivimi in privato."
)


def welcome(name: str) -> str:
    """Greet a person at the first meeting; the privacy notice comes below."""
    return (
        f"Ciao {escape(name)}! Sono il bot della redazione dei <b>Laboratori dell’Innovazione</b>. "
        "Raccontami un’iniziativa, un’idea o un progetto del tuo ente: la redazione lo legge e lo "
        "pubblica."
    )


def welcome_back(name: str) -> str:
    """Greet a person who is known."""
    said = CONSENTED.removeprefix("Grazie! ")
    return f"Ciao {escape(name)}! {said}\n\n/mie mostra le tue segnalazioni."


def scheda(
    *,
    kind: Kind,
    organisation: str | None,
    title: str,
    text: str,
    link: str | None,
    photos: int,
    more: Sequence[str] = (),
    receipt: str | None,
    question: str,
) -> str:
    """Show what the bot understood, and ask for what is missing."""
    head = f"📋 <b>La tua segnalazione {receipt or ''}</b>".replace(" </b>", "</b>")
    lines = [
        head,
        "",
        f"<b>Titolo:</b> {escape(title) or '—'}",
        f"<b>Tipo:</b> {KINDS[kind]}",
        f"<b>Ente:</b> {escape(organisation) if organisation else '—'}",
        f"<b>Foto:</b> {photos or 'nessuna'}",
        *more,
    ]
    if link:
        lines.append(f"<b>Link:</b> {escape(link)}")
    lines += ["", escape(text) or "—", "", question]
    return "\n".join(lines)


READY: Final = (
    "✅ C’è tutto. Correggi quello che vuoi con i pulsanti, aggiungi foto o premi <b>Invia</b>."
)


def ask(field: str) -> str:
    """Ask for one missing thing."""
    return f"❓ {ASK[field]}"


def which_municipality(said: str) -> str:
    """Ask to choose among several municipalities."""
    return f"Ho trovato più di un ente per «{escape(said)}». Quale intendi?"


def unknown_municipality(said: str) -> str:
    """Say that no municipality has this name."""
    return (
        f"Non trovo un comune che si chiami «{escape(said)}». Scegli qui sotto, oppure scrivi "
        "il nome per intero (per esempio «Comune di Tirano»)."
    )


def use_as_written(said: str) -> str:
    """Offer to take an organisation as the person wrote it."""
    return f"Usa «{said[:40]}»"


def receipt(number: str) -> str:
    """Confirm that a submission arrived."""
    return (
        f"📨 <b>Ricevuta!</b> Il numero della tua segnalazione è <b>{number}</b>.\n"
        "La redazione la legge e ti avviso qui di ogni passo. /mie mostra a che punto è."
    )


def mine_line(receipt_number: str | None, title: str, state: str) -> str:
    """Describe one submission in the list; `state` is how it stands, in words."""
    number = f"<b>{receipt_number}</b> " if receipt_number else ""
    return f"• {number}{escape(excerpt(title, 80)) or 'senza titolo'}\n   {state}"


def accepted(number: str, title: str, outlets: Sequence[tuple[str, Outlet]]) -> str:
    """Tell the author that the piece is approved, and when it goes out where."""
    lines = [
        f"🎉 La redazione ha approvato la segnalazione <b>{number}</b>, «{escape(title)}».",
        "Uscirà:",
    ]
    lines += [f"• {label}: {moment(outlet.local_time)}" for label, outlet in outlets]
    return "\n".join([*lines, "Ti mando i link appena sono pronti."])


def rejected(number: str, title: str, reason: str) -> str:
    """Tell the author that the piece is declined, and why."""
    return (
        f"La redazione ha letto la segnalazione <b>{number}</b>, «{escape(title)}», e ha scelto di "
        f"non pubblicarla.\n<b>Motivo:</b> {escape(reason)}\n\nGrazie per avercela mandata: se hai "
        "altro da raccontare, scrivimi quando vuoi."
    )


def changes_requested(number: str, title: str, reason: str) -> str:
    """Pass on what the newsroom asks of the author."""
    return (
        f"✏️ Per la segnalazione <b>{number}</b>, «{escape(title)}», la redazione chiede:\n"
        f"<i>{escape(reason)}</i>\n\nRispondi qui: quello che scrivi e le foto che mandi si "
        "aggiungono alla scheda. Poi premi <b>Invia</b>."
    )


def published(number: str, title: str, links: Sequence[tuple[str, str]]) -> str:
    """Give the author the links."""
    lines = [f"🚀 La segnalazione <b>{number}</b>, «{escape(title)}», è uscita:"]
    lines += [f"• {label}: {escape(link)}" for label, link in links]
    return "\n".join([*lines, "Grazie! Se vuoi, condividila."])
