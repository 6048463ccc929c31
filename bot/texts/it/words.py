"""The names of things and of moments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from content.deliveries import Action
from content.posts import Section
from content.slots import at_once
from content.submissions import Kind
from content.workflow import ArticleState, EditionState, OperationState, SubmissionState

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
EDITION_STATES: Final[Mapping[EditionState, str]] = {
    EditionState.DRAFT: "in preparazione",
    EditionState.FINISHED: "finito, si può scaricare",
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


def part_of(part: int, parts: int) -> str:
    """Name one of a series of posts."""
    return f"parte {part} di {parts}"


def parts_out(parts: int, out: int) -> str:
    """Say how far a series of posts has come."""
    return f"{parts} parti, {out} {'uscita' if out == 1 else 'uscite'}"


def excerpt(text: str, length: int) -> str:
    """Cut a text for a message, between two words if it can be, saying how much there is."""
    if len(text) <= length:
        return text
    kept = text[: length + 1].rpartition(" ")[0] or text[:length]
    return f"{kept.rstrip(' ,;:')}… [{len(text)} caratteri in tutto]"


def short(text: str, length: int) -> str:
    """Cut a title, for a button or in passing."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def instant(at: datetime) -> str:
    """Say a moment as people in Rome do."""
    return moment(at_once(at).local_time)


def stamp(at: datetime) -> str:
    """Say a moment in a list, briefly."""
    local = datetime.fromisoformat(at_once(at).local_time)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local:%H:%M}"


def moment(local: str) -> str:
    """Say a local moment ("2026-11-24T09:00") as people do."""
    at = datetime.fromisoformat(local)
    return f"{day(at.date())} alle {at:%H:%M}"


def day(which: date) -> str:
    """Say a date as people do."""
    return f"{DAYS[which.weekday()]} {which.day} {MONTHS[which.month - 1]}"


def pages(text: str, length: int = 3500) -> list[str]:
    """Cut a long text into messages, at line ends where there are any."""
    parts, rest = [], text
    while len(rest) > length:
        at = rest.rfind("\n", 1, length)
        at = at if at > 0 else length
        parts.append(rest[:at])
        rest = rest[at:].lstrip("\n")
    return [*parts, rest]
