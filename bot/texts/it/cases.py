"""What authors are told of a case after sending it, and what they and the newsroom say in it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from bot.texts.it.words import OPERATION_STATES, SUBMISSION_STATES, moment, parts_out, short, stamp
from content.deliveries import Outlet
from content.history import History
from content.workflow import ArticleState, OperationState, SubmissionState

MINE: Final = "<b>Le tue segnalazioni</b>"
UNTITLED: Final = "senza titolo"
OLDER: Final = "›"
NEWER: Final = "‹"
BACK_TO_LIST: Final = "‹ Elenco"
NO_SUCH_CASE: Final = "Non trovo più questa segnalazione: scrivi /mie per l’elenco."
ADD_PHOTO: Final = "📷 Aggiungi foto"
WRITE_TO_NEWSROOM: Final = "✍️ Scrivi alla redazione"
REPLY: Final = "↩️ Rispondi"
LEAVE: Final = "↩️ Lascia com’era"
LEFT: Final = (
    "Va bene: per la redazione vale la versione che avevi inviato. Le modifiche restano da parte, "
    "le ritrovi in /mie."
)
CALL_IT_OFF: Final = "Annulla"
SURE: Final = "Sì, ritira"
NOT_SURE: Final = "No, lasciala"
WITHDRAWN: Final = "Segnalazione ritirata: la redazione è avvisata e non uscirà nulla."
WITHDRAWN_ALREADY: Final = "L’hai già ritirata: non si può tornare indietro."
RETRACTION_ASKED: Final = (
    "Richiesta inviata. Intanto fermo le uscite che non sono ancora partite; sul resto decide la "
    "redazione, che ti risponde qui."
)
RETRACTION_ASKED_BEFORE: Final = (
    "Hai già chiesto il ritiro: la redazione ti risponderà qui. Se vuoi aggiungere qualcosa, "
    "premi «Scrivi alla redazione»."
)
HELD_FOR_RETRACTION: Final = "l’autore chiede il ritiro"
STORY: Final[Mapping[str, str]] = {
    "received": "ricevuta",
    "claimed": "presa in carico dalla redazione",
    "changes_requested": "la redazione chiede modifiche",
    "accepted": "approvata dalla redazione",
    "rejected": "non accolta",
    "withdrawn": "ritirata",
    "asked": "la redazione ti ha scritto",
    "answered": "hai scritto alla redazione",
    "retraction_requested": "hai chiesto il ritiro",
    "published": "pubblicata",
    "corrected": "corretta",
    "retracted": "tolta dai canali",
    "rescheduled": "uscita spostata",
}


def mine(lines: Sequence[str], page: int, pages: int) -> str:
    """List a page of a person's submissions."""
    head = f"{MINE} · {page + 1} di {pages}" if pages > 1 else MINE
    return "\n".join([head, *lines])


def mine_button(number: str | None, title: str) -> str:
    """Name a submission on its button."""
    return f"{number or ''} {short(title, 30) or UNTITLED}".strip()


def resume_button(title: str) -> str:
    """Name a draft on the button that takes it up again."""
    return f"✏️ Riprendi: {short(title, 30) or UNTITLED}"


PUBLISHED: Final = "pubblicata"


def standing(
    state: SubmissionState,
    outlets: Sequence[Outlet] = (),
    article: ArticleState = ArticleState.DRAFT,
) -> str:
    """Say how a case stands: once something of it is out, its author cares for nothing else."""
    if any(outlet.state is OperationState.DONE for outlet in outlets):
        return PUBLISHED
    if article is ArticleState.RETRACTED:
        return SUBMISSION_STATES[SubmissionState.WITHDRAWN]
    return SUBMISSION_STATES[state]


def case(
    number: str,
    title: str,
    state: str,
    story: Sequence[History],
    outlets: Sequence[tuple[str, Outlet]],
) -> str:
    """Show one submission to its author, with how it stands and its story."""
    lines = [
        f"📋 <b>{number} · {escape(short(title, 200)) or UNTITLED}</b>",
        f"Ora è: {state}",
        "",
        "<b>La sua storia</b>",
        *_story(story),
    ]
    if outlets:
        lines += ["", "<b>Dove esce</b>", *(_outlet(label, one) for label, one in outlets)]
    return "\n".join(lines)


def _story(story: Sequence[History]) -> list[str]:
    lines: list[str] = []
    again = False
    for one in story:
        said = STORY[one.verb]
        if one.verb == "received":
            said = "ricevuta di nuovo, con le tue modifiche" if again else said
            again = True
        reason = one.data.get("reason") if one.verb in ("changes_requested", "rejected") else None
        lines.append(f"• {stamp(one.at)}: {said}" + (f" – {escape(reason)}" if reason else ""))
    return lines[-_LONGEST_STORY:]


def _outlet(label: str, outlet: Outlet) -> str:
    if outlet.parts > 1:
        label = f"{label} ({parts_out(outlet.parts, outlet.out)})"
    match outlet.state:
        case OperationState.DONE:
            return f"• {label}: {escape(outlet.permalink or OPERATION_STATES[outlet.state])}"
        case OperationState.SCHEDULED if outlet.hold_reason:
            return f"• {label}: sospesa"
        case OperationState.SCHEDULED:
            return f"• {label}: {moment(outlet.local_time)}"
        case OperationState.SENDING | OperationState.UNCONFIRMED:
            return f"• {label}: in uscita"
        case _:
            return f"• {label}: non esce"


_LONGEST_STORY: Final = 25


def ask_sure(number: str) -> str:
    """Ask for confirmation before a case is withdrawn for good."""
    return (
        f"Vuoi davvero ritirare la segnalazione <b>{number}</b>? La redazione non la pubblicherà, "
        "e per riproporla dovrai mandarla di nuovo."
    )


def ask_why_retract(number: str) -> str:
    """Ask why a published piece should be taken away."""
    return (
        f"La segnalazione <b>{number}</b> è già uscita: a toglierla è la redazione. Scrivi qui "
        "in un messaggio perché vuoi ritirarla."
    )


def ask_message(number: str) -> str:
    """Ask for the message to the newsroom."""
    return (
        f"Scrivi ora il messaggio per la redazione sulla segnalazione <b>{number}</b>: anche una "
        "foto, se serve. La segnalazione resta com’è."
    )


def passed_on(number: str) -> str:
    """Confirm that a message reached the newsroom."""
    return f"✉️ Ho passato il tuo messaggio alla redazione, per la segnalazione <b>{number}</b>."


def newsroom_asks(number: str, title: str, text: str) -> str:
    """Pass on what the newsroom asks inside a case."""
    return (
        f"💬 Segnalazione <b>{number}</b>, «{escape(short(title, 120))}».\n"
        f"La redazione chiede:\n<i>{escape(text)}</i>\n\n"
        "Rispondi a questo messaggio, o premi qui sotto."
    )


def quoted(text: str) -> str:
    """Go on with what would not fit in one message."""
    return f"<i>{escape(text)}</i>"


def claimed(number: str, title: str) -> str:
    """Tell the author that somebody is reading."""
    return (
        f"👀 La redazione ha preso in carico la segnalazione <b>{number}</b>, "
        f"«{escape(short(title, 120))}»."
    )


def rescheduled(number: str, label: str, local: str) -> str:
    """Tell the author that a post goes out at another time."""
    return (
        f"🗓 Cambia l’uscita della segnalazione <b>{number}</b> su {label}: ora è prevista per "
        f"{moment(local)}."
    )


def annulled(number: str, title: str) -> str:
    """Tell the author that nothing of what was planned comes out."""
    return (
        f"🗓 La redazione ha annullato tutte le uscite della segnalazione <b>{number}</b>, "
        f"«{escape(title)}»: per ora non si vede su nessun canale. Se la riprende, ti scrivo "
        "quando esce. Se hai domande, rispondi da /mie con «Scrivi alla redazione»."
    )


def corrected(number: str, title: str, links: Sequence[tuple[str, str]]) -> str:
    """Tell the author that what is out was corrected."""
    lines = [f"🛠 La segnalazione <b>{number}</b>, «{escape(title)}», è stata corretta:"]
    return "\n".join([*lines, *(f"• {label}: {escape(link)}" for label, link in links)])


def retracted(number: str, title: str) -> str:
    """Tell the author that what was out is no longer."""
    return (
        f"La redazione ha tolto dai canali la segnalazione <b>{number}</b>, «{escape(title)}». "
        "Se hai domande, rispondi da /mie con «Scrivi alla redazione»."
    )


ASK_AUTHOR: Final = "💬 Chiedi all’autore"
ANSWER_AUTHOR: Final = "💬 Rispondi all’autore"
ASKED_AUTHOR: Final = "💬 Inviato all’autore: la risposta arriva qui."


def author_unreached(number: str) -> str:
    """Say that an author did not get what they were asked."""
    return (
        f"📵 {number}: quello che avete chiesto all’autore non gli è arrivato. Ha bloccato il bot, "
        "oppure non usa più Telegram: se serve la risposta, cercatelo in un altro modo."
    )


def ask_author(who: str, number: str) -> str:
    """Ask a moderator to write to the author."""
    return (
        f"{escape(who)}, che cosa chiediamo all’autore della segnalazione <b>{number}</b>? "
        "Rispondi a questo messaggio."
    )


def author_says(number: str, title: str, who: str, text: str) -> str:
    """Pass on to the moderators what an author says inside a case."""
    words = f"\n<i>{escape(text)}</i>" if text else ""
    return f"💬 <b>{number}</b> · «{escape(short(title, 80))}»\n{escape(who)} scrive:{words}"


def retraction_requested(number: str, title: str, who: str, reason: str) -> str:
    """Pass on to the moderators that an author asks to take a published piece away."""
    return (
        f"↩️ <b>{number}</b> · «{escape(short(title, 80))}»\n{escape(who)} chiede di ritirare "
        f"il pezzo già uscito:\n<i>{escape(reason)}</i>\n\n"
        "Le uscite ancora in programma sono trattenute. Decidete se ritirarlo o correggerlo, "
        "e rispondete all’autore."
    )


def withdrawn_by_author(number: str, title: str) -> str:
    """Tell the moderators that an author took back an approved case before it was out."""
    return (
        f"↩️ <b>{number}</b> · «{escape(short(title, 80))}»: l’autore l’ha ritirata prima "
        "dell’uscita. Ho annullato le uscite in programma."
    )
