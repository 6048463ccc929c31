"""What moderators are told about time: moves, holds, blackouts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final

from bot.texts.it.words import excerpt, instant, moment
from content.silence import Blackout

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
