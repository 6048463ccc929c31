"""What a person's answer to a question means, field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from bot import texts
from bot.scheda import option
from content.municipalities import resolve
from content.recognition import recognise
from content.submissions import MAX_TEXT, MAX_TITLE, MIN_TEXT

LONGEST_ANSWER: Final = 160


@dataclass(frozen=True, slots=True)
class Answer:
    """Values for the draft; or a sentence that says why not, with choices to pick from."""

    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""
    options: tuple[dict[str, Any], ...] = ()


def understand(awaiting: str, said: str) -> Answer:
    """Return what an answer to the question about `awaiting` means."""
    if not any(letter.isalnum() for letter in said):
        return Answer(refusal=texts.EMPTY_ANSWER)
    return _READERS[awaiting](said.strip())


def is_answer(awaiting: str | None, said: str) -> bool:
    """Whether a message answers the question asked, or is more of the story."""
    match awaiting:
        case None:
            return False
        case "text":
            return True
        case "alt":  # of however many words: who sends too many is asked for fewer
            return "\n\n" not in said.strip()
        case "title":
            return len(said) <= MAX_TITLE and "\n\n" not in said.strip()
        case _:
            return len(said) <= LONGEST_ANSWER and "\n\n" not in said.strip()


def add(before: str, more: str) -> str | None:
    """Return a draft's text with more of it; None when it would be too long."""
    whole = f"{before}\n\n{more}".strip() if before.strip() else more.strip()
    return whole if len(whole) <= MAX_TEXT else None


def _text(said: str) -> Answer:
    if len(said) > MAX_TEXT:
        return Answer(refusal=texts.TEXT_TOO_LONG)
    if len(said) < MIN_TEXT:
        return Answer(refusal=texts.ASK["text"])
    return Answer({"text": said})


def _title(said: str) -> Answer:
    one_line = " ".join(said.split())
    if len(one_line) > MAX_TITLE:
        return Answer(refusal=texts.TITLE_TOO_LONG)
    return Answer({"title": one_line})


def _link(said: str) -> Answer:
    address = said if "://" in said else f"https://{said}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return Answer(refusal=texts.NOT_A_LINK)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "." not in host or set(said) & set(' \n<>"'):
        return Answer(refusal=texts.NOT_A_LINK)
    return Answer({"link": address})


def _credit(said: str) -> Answer:
    return Answer({"credit": " ".join(said.split())})


def _organisation(said: str) -> Answer:
    named = recognise(said)
    if named.organisation is not None and named.municipality is None:
        return Answer(_organisation_values(named.organisation.name))
    found = resolve(said)
    if found.municipality is not None:
        return Answer(option(found.municipality))
    if found.candidates:
        offered = tuple(option(one) for one in found.candidates)
        return Answer(refusal=texts.which_municipality(said), options=offered)
    if named.organisation is not None:
        return Answer(_organisation_values(named.organisation.name))
    offered = tuple(option(one) for one in found.suggestions)
    as_written = _organisation_values(said)
    return Answer(refusal=texts.unknown_municipality(said), options=(*offered, as_written))


def _organisation_values(name: str) -> dict[str, Any]:
    return {"organisation": name, "municipality": None, "province": None}


_READERS: Final[Mapping[str, Callable[[str], Answer]]] = {
    "text": _text,
    "title": _title,
    "link": _link,
    "organisation": _organisation,
    "credit": _credit,
}
