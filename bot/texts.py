"""Every Italian sentence that the bot says; HTML as Telegram knows it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Final

from content.attachments import MAX_PHOTOS
from content.deliveries import Action, Outlet
from content.goals import GOALS
from content.posts import Section
from content.silence import Blackout
from content.slots import at_once
from content.submissions import MIN_TEXT, Kind
from content.workflow import ArticleState, OperationState, SubmissionState
from publishers.base import dollars

KINDS: Final[Mapping[Kind, str]] = {
    Kind.INITIATIVE: "iniziativa",
    Kind.IDEA: "idea",
    Kind.PROJECT: "progetto",
    Kind.DOCUMENT: "documento",
    Kind.VIDEO_INTERVIEW: "videointervista",
    Kind.NEWS: "notizia",
}
SUBMISSION_STATES: Final[Mapping[SubmissionState, str]] = {
    SubmissionState.DRAFT: "bozza da inviare",
    SubmissionState.SUBMITTED: "ricevuta, in attesa della redazione",
    SubmissionState.IN_REVIEW: "in lettura in redazione",
    SubmissionState.ACCEPTED: "approvata",
    SubmissionState.REJECTED: "non accolta",
    SubmissionState.CHANGES_REQUESTED: "da completare",
    SubmissionState.WITHDRAWN: "ritirata",
}
ARTICLE_STATES: Final[Mapping[ArticleState, str]] = {
    ArticleState.DRAFT: "bozza",
    ArticleState.APPROVED: "approvato",
    ArticleState.RETRACTED: "ritirato",
}
OPERATION_STATES: Final[Mapping[OperationState, str]] = {
    OperationState.SCHEDULED: "in programma",
    OperationState.SENDING: "in uscita",
    OperationState.DONE: "uscito",
    OperationState.FAILED: "rifiutato dal canale",
    OperationState.UNCONFIRMED: "da verificare",
    OperationState.MISSED: "saltato: troppo tardi",
    OperationState.CANCELLED: "annullato",
}
ACTIONS: Final[Mapping[Action, str]] = {
    Action.CREATE: "pubblicazione",
    Action.EDIT: "correzione",
    Action.DELETE: "rimozione",
    Action.REPLY: "risposta",
}
SECTIONS: Final[Mapping[Section, str]] = {
    Section.NEWS: "Notizie",
    Section.ARTICLES: "Articoli",
    Section.VIDEO_INTERVIEWS: "Videointerviste",
    Section.DOCUMENTS: "Documentazione",
}
MONTHS: Final = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto",
    "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
DAYS: Final = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")

# ---------------------------------------------------------------- the bot's own profile

COMMANDS_PRIVATE: Final = (
    ("nuova", "Inizia una nuova segnalazione"),
    ("mie", "Le tue segnalazioni e a che punto sono"),
    ("aiuto", "Come funziona"),
    ("privacy", "Come trattiamo i tuoi dati"),
)
COMMANDS_GROUP: Final = (
    ("coda", "Le segnalazioni che aspettano"),
    ("pausa", "Ferma un canale: /pausa facebook motivo"),
    ("riprendi", "Fa ripartire un canale: /riprendi facebook"),
    ("blackout", "Silenzio su tutti i canali, con inizio, fine e motivo"),
    ("collega", "Collega questo gruppo alla redazione"),
)
SHORT_DESCRIPTION: Final = "Racconta alla redazione dei Laboratori dell’Innovazione."
DESCRIPTION: Final = (
    "Scrivimi un’iniziativa, un’idea o un progetto del tuo ente, con qualche foto: la redazione "
    "lo legge e lo pubblica su Strategie Amministrative e nella rubrica Laboratori "
    "dell’Innovazione. Ti avviso a ogni passo."
)

# ---------------------------------------------------------------- participants

PRIVACY: Final = (
    "🔒 <b>I tuoi dati</b>\n"
    "• Usiamo nome, ente, testi e foto che ci mandi solo per valutare la segnalazione e, se "
    "approvata, pubblicarla nella rubrica, su Facebook, su X e nell’e-book del Laboratorio.\n"
    "• Manda soltanto foto tue o che puoi far pubblicare, e con il consenso di chi si riconosce.\n"
    "• I testi possono essere letti da un sistema di intelligenza artificiale che prepara una "
    "bozza: decide sempre una persona.\n"
    "• Puoi chiedere in ogni momento copia, correzione o cancellazione ad ANCI Lombardia.\n"
    "Titolare: ANCI Lombardia, con Regione Lombardia."
)
ACCEPT: Final = "✅ Ho letto e accetto"
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
    "/nuova — inizia da capo\n/mie — le tue segnalazioni\n/privacy — i tuoi dati"
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
WITHDRAWN: Final = "Segnalazione ritirata: la redazione è avvisata."
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
    "<b>✏️ Testo</b> nella scheda: tutto il resto rimane."
)
NO_TEXT_IN_IT: Final = (
    "Questo non so leggerlo: mi servono testo e foto. Quello che mi avevi già mandato è al sicuro."
)
NOT_A_PICTURE: Final = (
    "Questo file non è una foto che so aprire (JPEG, PNG o WebP). Il resto della scheda è intatto."
)
TOO_BIG: Final = (
    "Questo file supera i 20 MB e Telegram non me lo consegna. Mandalo come foto, o più piccolo: "
    "il resto della scheda è intatto."
)
TOO_MANY_PIXELS: Final = (
    "Questa immagine è troppo grande da aprire (oltre 40 megapixel). Mandane una versione ridotta: "
    "il resto della scheda è intatto."
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
RESUME: Final = "Riprendi"
MODIFY: Final = "✏️ Modifica"
WITHDRAW: Final = "Ritira"
STRANGER_GROUP: Final = (
    "Buongiorno! Lavoro con la redazione dei Laboratori dell’Innovazione: per raccontarmi "
    "qualcosa, scrivimi in privato."
)


def welcome(name: str) -> str:
    """Greet a person at the first meeting, with the privacy notice below."""
    return (
        f"Ciao {escape(name)}! Sono il bot della redazione dei <b>Laboratori dell’Innovazione</b>. "
        "Raccontami un’iniziativa, un’idea o un progetto del tuo ente: la redazione lo legge e lo "
        f"pubblica.\n\n{PRIVACY}\n\nPer cominciare, premi il pulsante."
    )


def held() -> str:
    """Say that a message waits for consent."""
    return (
        "Ho tenuto da parte il tuo messaggio. Prima di leggerlo mi serve il tuo consenso:\n\n"
        f"{PRIVACY}"
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
    ]
    if link:
        lines.append(f"<b>Link:</b> {escape(link)}")
    lines += ["", escape(text) or "—", "", question]
    return "\n".join(lines)


def excerpt(text: str, length: int) -> str:
    """Cut a text for a message, saying how much there is."""
    if len(text) <= length:
        return text
    return f"{text[:length].rstrip()}… [{len(text)} caratteri in tutto]"


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


def mine_line(receipt_number: str | None, title: str, state: SubmissionState) -> str:
    """Describe one submission in the list."""
    number = f"<b>{receipt_number}</b> " if receipt_number else ""
    return (
        f"• {number}{escape(excerpt(title, 80)) or 'senza titolo'}\n   {SUBMISSION_STATES[state]}"
    )


MINE: Final = "<b>Le tue segnalazioni</b>"


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


# ---------------------------------------------------------------- moderators

APPROVE: Final = "✅ Approva"
APPROVE_NOW: Final = "🚀 Approva e pubblica ora"
ASK_CHANGES: Final = "✏️ Chiedi modifiche"
DECLINE: Final = "❌ Rifiuta"
OTHER_REASON: Final = "✍️ Scrivi il motivo"
CHANGE_REASONS: Final = (
    "Serve almeno una foto.",
    "Il testo è troppo breve: che cosa, chi, dove e quando?",
    "Manca un riferimento a cui rivolgersi.",
)
DECLINE_REASONS: Final = (
    "Non riguarda i temi dei Laboratori.",
    "L’abbiamo già pubblicata.",
    "È un testo pubblicitario.",
)
WHY_CHANGES: Final = "Che cosa chiediamo all’autore?"
WHY_DECLINE: Final = "Per quale motivo? L’autore lo leggerà."
BY_HAND: Final = "confermato a mano"
"""Stands for the channel's id where a person says that a post came out."""
CAME_OUT: Final = "✅ È uscito"
DID_NOT_COME_OUT: Final = "🔁 Non è uscito: riprova"
TRY_AGAIN: Final = "🔁 Riprova ora"
DROP: Final = "🗑 Lascia perdere"
RESUME_CHANNEL: Final = "▶️ Riprendi il canale"
ONLY_MODERATORS: Final = "Solo chi è in redazione può usare questi pulsanti."
ONLY_MODERATORS_HERE: Final = "Solo chi è in redazione può farlo, e solo nel suo gruppo."
ONLY_ADMINISTRATORS: Final = "Solo chi amministra la redazione può farlo."
YOUR_OWN: Final = "Questa segnalazione è tua: decide un’altra persona della redazione."
CHANGED_MEANWHILE: Final = (
    "Il pezzo è cambiato da quando hai aperto la scheda: rileggilo qui sotto."
)
NO_FREE_SLOT: Final = (
    "Nessuno spazio libero nei prossimi 60 giorni: libera il calendario o pubblica ora."
)
DONE: Final = "Fatto."
ALREADY_SOLVED: Final = "Già sistemato."
EMPTY_QUEUE: Final = "Nessuna segnalazione aspetta. ☕"
TIED: Final = "✅ Questo gruppo è ora la redazione: qui arrivano le segnalazioni da valutare."
WELCOME_MODERATOR: Final = (
    "Ora fai parte della redazione! Entra nel gruppo: da lì si leggono e si decidono le "
    "segnalazioni."
)
WELCOME_ADMINISTRATOR: Final = (
    "Ora amministri la redazione.\n1. Crea il gruppo dei moderatori e aggiungimi.\n"
    "2. Nel gruppo scrivi /collega.\n3. Con /invita, qui, ottieni un link per ogni collega."
)
BAD_INVITATION: Final = (
    "Questo invito non vale più: chiedine un altro a chi amministra la redazione."
)
TIE_IN_THE_GROUP: Final = "Scrivi /collega dentro il gruppo dei moderatori."


def invitation(link: str) -> str:
    """Give an administrator a one-time link for a colleague."""
    return f"Link personale, vale una volta sola e per 7 giorni:\n{escape(link)}"


def card(
    *,
    number: str,
    kind: Kind,
    organisation: str,
    author: str,
    title: str,
    lead: str,
    text: str,
    sdgs: Sequence[int],
    link: str | None,
    photos: int,
    note: str,
    costs: Sequence[str],
    state: str,
) -> str:
    """Show a case to the moderators."""
    goals = ", ".join(f"{n} {escape(GOALS[n - 1].name)}" for n in sdgs)
    lines = [
        f"<b>{number} · {KINDS[kind]} · {escape(organisation)}</b>",
        f"di {escape(author)} · foto: {photos or 'nessuna'}",
        "",
        f"<b>{escape(title)}</b>",
        f"<i>{escape(lead)}</i>",
        "",
        escape(text),
        "",
        f"Obiettivi: {goals}",
    ]
    if link:
        lines.append(f"Link dell’autore: {escape(link)}")
    if note:
        lines.append(f"⚠️ {escape(note)}")
    lines += costs
    if state:
        lines += ["", state]
    return "\n".join(lines)


def card_cost(label: str, price: Decimal, spent: Decimal, cap: Decimal) -> str:
    """Say on a card what a post costs, and what the month has cost so far."""
    limit = f" di {dollars(cap)}" if cap else ""
    return f"💶 {label}: {dollars(price)} · questo mese {dollars(spent)}{limit}"


def card_state(state: SubmissionState, who: str, reason: str | None) -> str:
    """Say on a card what was decided and by whom."""
    marks = {
        SubmissionState.ACCEPTED: f"✅ Approvata da {escape(who)}",
        SubmissionState.REJECTED: f"❌ Rifiutata da {escape(who)}",
        SubmissionState.CHANGES_REQUESTED: f"✏️ Modifiche chieste da {escape(who)}",
    }
    said = marks.get(state, SUBMISSION_STATES[state].capitalize())
    return f"{said}: {escape(reason)}" if reason else said


def card_outlet(label: str, outlet: Outlet) -> str:
    """Say on a card how the piece stands on a channel."""
    said = OPERATION_STATES[outlet.state]
    match outlet.state:
        case OperationState.DONE:
            return f"• {label}: {said} {escape(outlet.permalink or '')}"
        case OperationState.SCHEDULED if outlet.hold_reason:
            return f"• {label}: {moment(outlet.local_time)}, ✋ {escape(outlet.hold_reason)}"
        case OperationState.SCHEDULED:
            return f"• {label}: {moment(outlet.local_time)}"
        case _:
            return f"• {label}: {said}"


def preview(label: str, text: str) -> str:
    """Show what a channel would be sent."""
    return f"👁 <b>{label}</b>\n\n{escape(text)}"


def pages(text: str, length: int = 3500) -> list[str]:
    """Cut a long text into messages, at line ends where there are any."""
    parts, rest = [], text
    while len(rest) > length:
        at = rest.rfind("\n", 1, length)
        at = at if at > 0 else length
        parts.append(rest[:at])
        rest = rest[at:].lstrip("\n")
    return [*parts, rest]


def decided_already(state: SubmissionState, who: str | None) -> str:
    """Tell a moderator that someone was faster."""
    by = f" da {who}" if who else ""
    return f"Già deciso{by}: {SUBMISSION_STATES[state]}."


def reason_prompt(who: str, number: str, question: str) -> str:
    """Ask a moderator to write a reason."""
    return f"{escape(who)}, segnalazione <b>{number}</b>. {question} Rispondi a questo messaggio."


def queue_line(number: str, organisation: str, title: str, state: SubmissionState) -> str:
    """Describe one waiting case."""
    said = escape(excerpt(title, 80))
    return f"• <b>{number}</b> {escape(organisation)}: {said} ({SUBMISSION_STATES[state]})"


def trouble(label: str, title: str, state: OperationState, why: str | None) -> str:
    """Raise an alarm about one operation."""
    head = f"⚠️ <b>{label}</b> · «{escape(title)}»: {OPERATION_STATES[state]}."
    if state is OperationState.UNCONFIRMED:
        head += " Non riesco a sapere se è uscito: guarda la pagina e dimmelo."
    return f"{head}\n{escape(why)}" if why else head


def paused(label: str, why: str) -> str:
    """Raise an alarm about a channel."""
    return (
        f"⏸ <b>{label} è in pausa.</b> {escape(why)}\n"
        "Le uscite di questo canale aspettano; niente va perso. Quando è a posto, premi qui sotto."
    )


def late(minutes: int) -> str:
    """Raise the alarm that posts should be out and are not."""
    return (
        f"⏰ <b>Uscite in ritardo</b>: la più vecchia aspetta da {minutes} minuti. I testi "
        "approvati sono al sicuro e usciranno; chi gestisce il sistema controlli che i processi "
        "siano accesi."
    )


LATE_NO_MORE: Final = "✅ Le uscite sono di nuovo in orario."


def resumed(label: str) -> str:
    """Say that a channel sends again."""
    return f"▶️ {label} ha ripreso."


# ---------------------------------------------------------------- time

MOVE: Final = "⏭ {}"
HOLD: Final = "✋ {}"
LET_GO: Final = "▶️ {}"
CANCEL: Final = "🗑 {}"
CALENDAR_LEGEND: Final = (
    "<i>⏭ sposta al prossimo spazio · ✋ trattieni · ▶️ rilascia · 🗑 annulla l’uscita</i>"
)
CHANNEL_NICKNAMES: Final[Mapping[str, str]] = {"fb": "facebook", "twitter": "x", "sito": "rubrica"}
LITTLE_WORDS: Final = frozenset({"dal", "dalle", "al", "alle", "fino", "ore", "a", "-", "–", "—"})
AT_THE_HOUR: Final = frozenset({"alle", "dalle", "ore"})
THE_END: Final = frozenset({"fine", "stop", "basta", "revoca"})
RELATIVE_DAYS: Final[Mapping[str, int]] = {"oggi": 0, "domani": 1, "dopodomani": 2}
RIGHT_NOW: Final = frozenset({"ora", "adesso", "subito"})
BLACKOUT_USAGE: Final = (
    "Scrivi inizio, fine e motivo, per esempio:\n"
    "<code>/blackout 24/11 08:00 25/11 23:00 silenzio elettorale</code>\n"
    "<code>/blackout oggi ora domani 12:00 lutto cittadino</code>\n"
    "<code>/blackout fine</code> lo chiude prima."
)
NO_BLACKOUT: Final = "Non c’è nessun blackout, né in corso né in programma."
BLACKOUT_NEEDS_A_REASON: Final = f"Manca il motivo: chi legge deve capire. {BLACKOUT_USAGE}"
BLACKOUT_BACKWARDS: Final = f"La fine viene prima dell’inizio. {BLACKOUT_USAGE}"
BLACKOUT_PAST: Final = f"Questo periodo è già passato. {BLACKOUT_USAGE}"
BLACKOUT_TOO_LONG: Final = f"Un blackout dura al massimo 60 giorni. {BLACKOUT_USAGE}"
PAUSE_NEEDS_A_REASON: Final = (
    "Manca il motivo. Scrivi per esempio: <code>/pausa facebook password cambiata</code>"
)


def which_channel(labels: Sequence[str]) -> str:
    """Ask for a channel that exists."""
    return f"Quale canale? Scegli tra: {escape(', '.join(labels))}."


def paused_already(label: str) -> str:
    """Say that a channel was paused before."""
    return f"{label} è già in pausa."


def not_paused(label: str) -> str:
    """Say that there is nothing to resume."""
    return f"{label} non è in pausa."


def moved(label: str, local: str) -> str:
    """Say where a post was moved to."""
    return f"{label}: spostato a {moment(local)}."


def held_by(who: str) -> str:
    """Give the reason of a hold that a moderator put with a button."""
    return f"trattenuto da {who}"


def in_blackout(until: datetime, reason: str) -> str:
    """Refuse to publish during a blackout; plain text, for an alert of 200 characters."""
    return f"C’è un blackout ({excerpt(reason, 60)}) fino a {instant(until)}: ora non si pubblica."


def blackout_declared(blackout: Blackout, waiting: int) -> str:
    """Confirm a blackout, and say what it stops."""
    stops = {0: "Nessuna uscita è in programma in quelle ore.", 1: "Ferma 1 uscita in programma."}
    return (
        f"🔇 <b>Blackout da {instant(blackout.begins_at)} a {instant(blackout.ends_at)}</b>: "
        f"{escape(blackout.reason)}.\n"
        f"{stops.get(waiting, f'Ferma {waiting} uscite in programma.')} Le correzioni e le "
        "rimozioni passano; alla fine esce ciò che è ancora notizia, del resto vi chiedo."
    )


def blackout_listed(blackouts: Sequence[Blackout]) -> str:
    """List the blackouts in force and to come."""
    lines = [
        f"🔇 da {instant(one.begins_at)} a {instant(one.ends_at)}: {escape(one.reason)}"
        for one in blackouts
    ]
    return "\n".join([*lines, "", BLACKOUT_USAGE])


def blackout_lifted(blackouts: Sequence[Blackout]) -> str:
    """Say which blackouts were ended."""
    reasons = ", ".join(escape(one.reason) for one in blackouts)
    return f"🔊 Blackout chiuso: {reasons}. Si torna a pubblicare."


def instant(at: datetime) -> str:
    """Say a moment as people in Rome do."""
    return moment(at_once(at).local_time)


def moment(local: str) -> str:
    """Say a local moment ("2026-11-24T09:00") as people do."""
    at = datetime.fromisoformat(local)
    return f"{day(at.date())} alle {at:%H:%M}"


def day(which: date) -> str:
    """Say a date as people do."""
    return f"{DAYS[which.weekday()]} {which.day} {MONTHS[which.month - 1]}"
