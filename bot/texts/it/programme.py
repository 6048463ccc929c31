"""What moderators are told of the days: today, the week, the numbers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from itertools import groupby
from typing import Final

from bot.texts.it.words import ACTIONS, OPERATION_STATES, day, moment, part_of, short
from content.calendar import Entry
from content.decisions import Verdict
from content.deliveries import Action
from content.reminders import Waiting
from content.silence import Blackout
from content.slots import Place, midnight
from content.tally import Tally
from content.workflow import OperationState

Label = Callable[[str], str]
WEEK_BEFORE: Final = "‹ Settimana prima"
WEEK_AFTER: Final = "Settimana dopo ›"
_TODAY_LINES: Final = 25
_DAY_LINES: Final = 5
_FREE_HOURS: Final = 6
_TITLE: Final = 60
_SHORT_TITLE: Final = 36
_VERDICTS: Final[Mapping[Verdict, tuple[str, str]]] = {
    Verdict.ACCEPTED: ("approvata", "approvate"),
    Verdict.REJECTED: ("rifiutata", "rifiutate"),
    Verdict.CHANGES_REQUESTED: ("da completare", "da completare"),
}


def today(which: date, entries: Sequence[Entry], label: Label, after: Entry | None) -> str:
    """Say what goes out today, and how each stands; when nothing does, what comes next."""
    head = f"📅 <b>Oggi, {day(which)}</b>"
    if not entries:
        lines = ["Oggi non esce niente."]
        if after is not None:
            lines.append(
                f"La prossima uscita è {moment(after.local_time)}: {label(after.channel)}, "
                f"«{escape(short(after.title, _TITLE))}»."
            )
        return "\n".join([head, *lines])
    return "\n".join([head, *_lines(entries, label, _TODAY_LINES, _TITLE)])


def week(
    days: Sequence[date],
    entries: Sequence[Entry],
    free: Mapping[str, Sequence[Place]],
    quiet: Sequence[Blackout],
    label: Label,
) -> str:
    """Say what goes out on each of some days, and which places are free, by channel."""
    parts = [f"🗓 <b>Dal {_brief(days[0])} al {_brief(days[-1])}</b>"]
    for which in days:
        theirs = [one for one in entries if one.local_time.startswith(which.isoformat())]
        lines = _lines(theirs, label, _DAY_LINES, _SHORT_TITLE)
        ends = midnight(which + timedelta(days=1))
        if any(one.begins_at < ends and one.ends_at > midnight(which) for one in quiet):
            lines.append("🔇 blackout")
        lines += _free(which, free)
        parts.append("\n".join([f"<b>{day(which).capitalize()}</b>", *(lines or ["—"])]))
    return "\n\n".join(parts)


def figures(monday: date, counted: Tally, label: Label, now: datetime) -> str:
    """Say how the newsroom's week goes."""
    oldest = f", la più vecchia da {lasting(now - counted.oldest)}" if counted.oldest else ""
    verdicts = [
        f"{number} {_VERDICTS[verdict][number != 1]}"
        for verdict in _VERDICTS
        if (number := counted.decided.get(verdict, 0))
    ]
    how = f" ({', '.join(verdicts)})" if verdicts else ""
    lines = [
        "📊 <b>La redazione in numeri</b>",
        f"In attesa: {counted.waiting}{oldest}.",
        "",
        f"<b>Questa settimana</b>, da {day(monday)}",
        f"Arrivate: {counted.came}.",
        f"Decise: {sum(counted.decided.values())}{how}.",
        f"Uscite: {_by_channel(counted.out, label)}.",
        f"In programma: {_by_channel(counted.ahead, label)}.",
    ]
    if counted.median_wait is not None:
        lines.append(f"Metà delle decisioni arriva entro {lasting(counted.median_wait)}.")
    return "\n".join(lines)


def crowd(count: int, cases: Sequence[tuple[str, str, str]], page: int, pages: int) -> str:
    """Name the cases of a crowd (receipt, body, title) instead of sending a card for each."""
    if not count:
        return "📚 Le segnalazioni arrivate insieme sono state tutte aperte o decise. ✅"
    many = "1 segnalazione aspetta" if count == 1 else f"{count} segnalazioni aspettano"
    lines = [
        f"• <b>{number}</b> {escape(short(organisation, 40))}: {escape(short(title, 60))}"
        for number, organisation, title in cases
    ]
    where = f" · pagina {page} di {pages}" if pages > 1 else ""
    return "\n".join(
        [
            f"📚 <b>Ne arrivano molte: {many} di essere aperte</b>{where}",
            *lines,
            "<i>Il pulsante col numero porta qui la scheda. Sono tutte anche in /redazione.</i>",
        ]
    )


def undecided(cases: Sequence[Waiting], more: int, now: datetime) -> str:
    """Remind moderators of what has waited for a day."""
    lines = []
    for one in cases:
        who = f", in lettura: {escape(one.holder)}" if one.holder else ""
        lines.append(
            f"• <b>{one.receipt}</b> {escape(short(one.organisation, _SHORT_TITLE))}: "
            f"{escape(short(one.title, _TITLE))} (da {lasting(now - one.since)}{who})"
        )
    if more > 0:
        lines.append(f"<i>…e altre {more}: sono tutte in /coda e in /redazione</i>")
    return "\n".join(["⏳ <b>Aspettano una decisione da più di un giorno</b>", *lines])


def open_case(number: str) -> str:
    """Label the button that brings a case's card."""
    return f"📂 {number}"


def lasting(time: timedelta) -> str:
    """Say how long something takes, in the unit that people would use."""
    minutes = round(time / timedelta(minutes=1))
    for unit, one, many in ((1440, "giorno", "giorni"), (60, "ora", "ore")):
        if minutes >= 2 * unit or minutes == unit:
            number = minutes // unit
            return f"{number} {one if number == 1 else many}"
    return "un minuto" if minutes <= 1 else f"{minutes} minuti"


def _lines(entries: Sequence[Entry], label: Label, most: int, longest: int) -> list[str]:
    """Say each moment's pieces, a piece's channels together; beyond so many, how many more."""
    alone = [one for one in entries if not _follows(one)]
    grouped = groupby(sorted(alone, key=_together), _together)
    lines = [_line(list(group), label, longest) for _, group in grouped]
    if len(lines) <= most:
        return lines
    more = len(lines) - most + 1
    return [*lines[: most - 1], f"<i>…e altri {more}: il resto è in /redazione</i>"]


def _follows(one: Entry) -> bool:
    """Whether it is a part of a series of posts that is out, as the first is."""
    return one.part > 1 and one.state is OperationState.DONE


def _together(one: Entry) -> tuple[str, int, str, str, bool]:
    return (
        one.local_time,
        one.submission_id,
        one.state.value,
        one.action.value,
        bool(one.hold_reason),
    )


def _line(group: Sequence[Entry], label: Label, longest: int) -> str:
    first = group[0]
    title = escape(short(first.title, longest))
    link = next((one.permalink for one in group if one.permalink), None)
    said = f'<a href="{escape(link)}">{title}</a>' if link else title
    state = "✋ trattenuto" if _waits_held(first) else OPERATION_STATES[first.state]
    if first.part > 1 and first.action is Action.REPLY:
        state = f"{part_of(first.part, first.parts)}, {state}"
    elif first.action is not Action.CREATE:
        state = f"{ACTIONS[first.action]}, {state}"
    channels = ", ".join(label(one.channel) for one in group)
    return f"{first.local_time[11:]} {channels} · «{said}» ({state})"


def _waits_held(one: Entry) -> bool:
    return one.hold_reason is not None and one.state is OperationState.SCHEDULED


def _free(which: date, free: Mapping[str, Sequence[Place]]) -> list[str]:
    hours: dict[str, list[str]] = {}
    for name, places in free.items():
        for place in places:
            if place.local_time.startswith(which.isoformat()):
                hours.setdefault(place.local_time[11:], []).append(name)
    said = [f"{hour} {', '.join(hours[hour])}" for hour in sorted(hours)]
    more = ["…"] if len(said) > _FREE_HOURS else []
    return [f"🟢 liberi: {' · '.join([*said[:_FREE_HOURS], *more])}"] if said else []


def _by_channel(numbers: Mapping[str, int], label: Label) -> str:
    said: Iterable[str] = (f"{label(name)} {number}" for name, number in sorted(numbers.items()))
    return ", ".join(said) or "niente"


def _brief(which: date) -> str:
    return day(which).partition(" ")[2]
