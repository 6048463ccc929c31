"""What moderators are told."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Final

from bot.texts.it.words import KINDS, OPERATION_STATES, SUBMISSION_STATES, excerpt, moment
from content.deliveries import Outlet
from content.goals import GOALS
from content.submissions import Kind
from content.workflow import OperationState, SubmissionState
from publishers.base import dollars

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
