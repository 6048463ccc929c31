"""What moderators are told."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Final

from bot.outbox import Topic
from bot.texts.it.desk import ROLES
from bot.texts.it.words import (
    ACTIONS,
    KINDS,
    OPERATION_STATES,
    SUBMISSION_STATES,
    excerpt,
    moment,
    part_of,
    parts_out,
)
from content.deliveries import Action, Outlet
from content.goals import GOALS
from content.people import Role
from content.submissions import Kind
from content.workflow import OperationState, SubmissionState
from publishers.base import dollars

APPROVE: Final = "✅ Approva"
APPROVE_NOW: Final = "🚀 Approva e pubblica ora"
ASK_CHANGES: Final = "✏️ Chiedi modifiche"
DECLINE: Final = "❌ Rifiuta"
OTHER_REASON: Final = "✍️ Scrivi il motivo"
WHY_CHANGES: Final = "Che cosa chiediamo all’autore?"
WHY_DECLINE: Final = "Per quale motivo? L’autore lo leggerà."
BY_HAND: Final = "confermato a mano"
"""Stands for the channel's id where a person says that a post came out."""
DOUBTS: Final[Mapping[Action, tuple[str, str, str]]] = {
    Action.CREATE: ("se è uscito", "✅ È uscito", "🔁 Non è uscito: riprova"),
    Action.EDIT: ("se è stato corretto", "✅ È corretto", "🔁 Non è corretto: riprova"),
    Action.DELETE: ("se è sparito", "✅ È sparito", "📌 C’è ancora"),
    Action.REPLY: ("se la risposta è uscita", "✅ È uscita", "🔁 Non è uscita: riprova"),
}
"""What nobody can say of an operation, and the two buttons that say it."""
WITH_ITS_LINK: Final = (
    "Se c’è, puoi anche rispondere a questo messaggio con il link del post (di un album, quello di "
    "ogni immagine): così si potrà correggere e ritirare da qui."
)
SEEN_THERE: Final = "Segnato come uscito, con il suo link."
BAD_LINK: Final = "Il link deve cominciare con https://: non ho segnato niente."
TRY_AGAIN: Final = "🔁 Riprova ora"
DROP: Final = "🗑 Lascia perdere"
RESUME_CHANNEL: Final = "▶️ Riprendi il canale"
ONLY_MODERATORS: Final = "Solo chi è in redazione può usare questi pulsanti."
ONLY_MODERATORS_HERE: Final = "Solo chi è in redazione può farlo, e solo nel suo gruppo."
ONLY_ADMINISTRATORS: Final = "Solo chi amministra la redazione può farlo."
YOUR_OWN: Final = "Questa segnalazione è tua: decide un’altra persona della redazione."
CHANGED_MEANWHILE: Final = (
    "Il pezzo è cambiato da quando hai aperto la scheda: te l’ho portata di nuovo, rileggila."
)
NO_FREE_SLOT: Final = (
    "Nessuno spazio libero nei prossimi 60 giorni: libera il calendario o pubblica ora."
)
NOT_READY: Final = "La scheda non è ancora pronta: riprova fra un minuto."
DONE: Final = "Fatto."
ALREADY_SOLVED: Final = "Già sistemato."
NO_PAGE: Final = (
    "Non l’ho mandato: l’uscita della pagina a cui rimanda è stata annullata, e il link non "
    "porterebbe a niente. Modifica il pezzo e approvalo di nuovo, o premi «Lascia perdere»."
)
RELEASE_ARRIVED: Final = "📝 È arrivata la liberatoria"
CARD_RELEASE: Final = "👧 Si vedono minori: c’è la liberatoria"
CARD_NO_RELEASE: Final = "⛔ Si vedono minori e manca la liberatoria: non si può approvare"
NO_RELEASE: Final = (
    "Nelle immagini si vedono minori e manca la liberatoria: chiedila all’autore, poi premi "
    "«È arrivata la liberatoria»."
)
NO_CONSENT: Final = "L’autore non dà il consenso a nessun canale: la segnalazione non può uscire."
BLOCK_USAGE: Final = (
    "Scrivi il numero di una segnalazione, o @ e l’id Telegram, e il motivo:\n"
    "<code>/blocca 26-0012 insulti ripetuti</code>\n<code>/sblocca 26-0012</code>"
)
BLOCKED_ALREADY: Final = "Era già fra chi non può scrivere."
NOT_BLOCKED: Final = "Può già scrivere alla redazione."
EMPTY_QUEUE: Final = "Nessuna segnalazione aspetta. ☕"
PAGE_BEFORE: Final = "‹ Prima"
PAGE_AFTER: Final = "Dopo ›"
TOPICS: Final[Mapping[Topic, str]] = {
    Topic.REVIEW: "Da valutare",
    Topic.SCHEDULED: "In programma",
    Topic.TROUBLE: "Problemi",
}
"""The topics of a moderators' group that is a forum."""
NO_TOPICS: Final = (
    "Questo gruppo ha gli argomenti, ma io non posso crearne: scrivo tutto qui. Per avere «Da "
    "valutare», «In programma» e «Problemi» rendimi amministratore con il permesso di gestire gli "
    "argomenti: dopo qualche minuto li uso."
)
TIED: Final = "✅ Questo gruppo è ora la redazione: qui arrivano le segnalazioni da valutare."
WELCOME_MODERATOR: Final = (
    "Ora fai parte della redazione! Entra nel gruppo: da lì si leggono e si decidono le "
    "segnalazioni. Per farlo nel browser scrivimi /redazione, qui."
)
WELCOME_ADMINISTRATOR: Final = (
    "Ora amministri la redazione.\n1. Crea il gruppo dei moderatori e aggiungimi.\n"
    "2. Nel gruppo scrivi /collega.\n3. Con /invita, qui, ottieni un link per ogni collega.\n"
    "4. Con /redazione, qui, lavori nel browser."
)
BAD_INVITATION: Final = (
    "Questo invito non vale più: chiedine un altro a chi amministra la redazione."
)
TIE_IN_THE_GROUP: Final = "Scrivi /collega dentro il gruppo dei moderatori."


def console_link(link: str) -> str:
    """Give a moderator the way into the newsroom in the browser."""
    return (
        "Questo link apre la redazione nel browser. Vale dieci minuti e una volta sola: non "
        f"passarlo a nessuno.\n{escape(link)}"
    )


def invitation(link: str, role: Role) -> str:
    """Give a one-time link for a colleague."""
    return f"Link personale ({ROLES[role]}), vale una volta sola e per 7 giorni:\n{escape(link)}"


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
    remarks: Sequence[str],
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
    lines += remarks
    if state:
        lines += ["", state]
    return "\n".join(lines)


def card_refused(labels: Sequence[str]) -> str:
    """Say on a card which channels are left out, and why."""
    return f"🚫 L’autore non dà il consenso per: {escape(', '.join(labels))}"


def card_alike(numbers: Sequence[str]) -> str:
    """Say on a card that the case seems to have been told before."""
    return f"👯 Sembra simile a {', '.join(numbers)}"


def card_credit(credit: str) -> str:
    """Say on a card whose the pictures are, and how they may be used."""
    return f"© Foto: {escape(credit)}"


def not_permitted(label: str) -> str:
    """Say that a piece does not go to a channel."""
    return f"{label}: l’autore non dà il consenso, qui non esce."


def blocked(name: str, who: str) -> str:
    """Confirm that a person is heard no more."""
    return (
        f"🚫 Da ora non ricevo più messaggi da {escape(name)}; se scrive, lo saprà. "
        f"Per riceverli di nuovo: /sblocca {escape(who)}"
    )


def unblocked(name: str) -> str:
    """Confirm that a person is heard again."""
    return f"✅ {escape(name)} può di nuovo scrivere alla redazione."


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
    if outlet.part > 1 and outlet.action is Action.REPLY:
        label = f"{label} ({part_of(outlet.part, outlet.parts)})"
    elif outlet.parts > 1 and outlet.action in (Action.CREATE, Action.REPLY):
        label = f"{label} ({parts_out(outlet.parts, outlet.out)})"
    elif outlet.action is not Action.CREATE:
        label = f"{label} ({ACTIONS[outlet.action]})"
    if outlet.action in (Action.EDIT, Action.DELETE) and outlet.state is OperationState.DONE:
        return f"• {label}: fatta"
    match outlet.state:
        case OperationState.DONE:
            return f"• {label}: {said} {escape(outlet.permalink or '')}"
        case OperationState.SCHEDULED if outlet.hold_reason:
            return f"• {label}: {moment(outlet.local_time)}, ✋ {escape(outlet.hold_reason)}"
        case OperationState.SCHEDULED:
            return f"• {label}: {moment(outlet.local_time)}"
        case _:
            return f"• {label}: {said}"


def next_part(number: int, text: str) -> str:
    """Show, after the first, a part of a series of posts."""
    return f"— Parte {number}, in risposta alla precedente —\n\n{text}"


def preview(label: str, text: str) -> str:
    """Show what a channel would be sent."""
    return f"👁 <b>{label}</b>\n\n{escape(text)}"


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


def trouble(
    label: str, title: str, state: OperationState, why: str | None, action: Action = Action.CREATE
) -> str:
    """Raise an alarm about one operation."""
    if action is not Action.CREATE:
        label = f"{label} ({ACTIONS[action]})"
    head = f"⚠️ <b>{label}</b> · «{escape(title)}»: {OPERATION_STATES[state]}."
    if state is OperationState.UNCONFIRMED:
        head += f" Non riesco a sapere {DOUBTS[action][0]}: guarda la pagina e dimmelo."
        if action in (Action.CREATE, Action.REPLY):
            head += f" {WITH_ITS_LINK}"
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
