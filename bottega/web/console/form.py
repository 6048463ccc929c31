"""What the form of an article says, as the article's content; pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import FormData

from content.cleaning import readable
from content.goals import GOALS
from content.posts import Form, Section
from content.threads import joined

_LINES: Final = ("title", "lead", "organisation")
_OPTIONAL: Final = ("link", "credit", "correction")
_WORDS: Final = {"alt": "alt", "caption": "didascalia"}
_GOALS: Final = frozenset(str(goal.number) for goal in GOALS)


def content_of(
    form: FormData, base: Mapping[str, Any], channels: Collection[str]
) -> dict[str, Any]:
    """Return the content that a form makes of the one it began from.

    `channels` are those with words of their own. What differs by spaces alone stays as it was,
    and so does what the form has no field for.
    """
    said: dict[str, Any] = dict(base)
    for name in _LINES:
        said[name] = _line(_told(form, name), base[name])
    for name in _OPTIONAL:
        told = _line(_told(form, name), base.get(name) or "") or None
        if told or name in base:
            said[name] = told
    said["text"] = _whole(_told(form, "text"), base["text"])
    if (section := _told(form, "section")) in list(Section):
        said["section"] = section
    said["sdgs"] = _goals(form.getlist("sdg"), base["sdgs"])
    words: dict[str, str] = dict(base["texts"])
    for name in channels:
        if f"testo-{name}" in form:  # not on a page of before the channel was there
            words[name] = _whole(_words(form, f"testo-{name}"), words.get(name, ""))
    said["texts"] = {name: text for name, text in words.items() if text}
    forms = _forms(form, base.get("forms", {}), channels)
    if forms or "forms" in base:
        said["forms"] = forms
    said["media"] = _media(form, base["media"])
    return said


def _forms(form: FormData, before: Mapping[str, str], channels: Collection[str]) -> dict[str, str]:
    """Return what each channel shows, where that is not what it shows as long as nobody chooses."""
    told = {name: _told(form, f"forma-{name}") for name in channels}
    chosen = {name: one for name, one in told.items() if one in list(Form)}
    return {name: one for name, one in {**before, **chosen}.items() if one != Form.BOTH}


def _words(form: FormData, name: str) -> str:
    """Return the words for a channel: of a thread, each part has a field of the same name."""
    told = [one for one in form.getlist(name) if isinstance(one, str)]
    return joined([_plain(one) for one in told]) if len(told) > 1 else _told(form, name)


def _goals(told: Sequence[Any], before: list[int]) -> list[int]:
    chosen = {int(one) for one in told if one in _GOALS}
    return before if chosen == set(before) else sorted(chosen)


def _media(form: FormData, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return media in the form's order, with its words; those it does not name come last."""
    places = {sha256: place for place, sha256 in enumerate(form.getlist("ordine"))}
    last = len(places)
    ordered = sorted(before, key=lambda one: places.get(one["sha256"], last))
    return [_described(form, one) for one in ordered]


def _described(form: FormData, medium: Mapping[str, Any]) -> dict[str, Any]:
    said = dict(medium)
    for name, field in _WORDS.items():
        key = f"{field}-{medium['sha256']}"
        words = _line(_told(form, key), medium.get(name) or "") if key in form else ""
        if key in form and (words or name in medium):
            said[name] = words
    return said


def _line(told: str, before: str) -> str:
    """Return what was told on one line; what was before where only spaces differ."""
    said = " ".join(readable(told).split())
    return before if said == " ".join(readable(before).split()) else said


def _whole(told: str, before: str) -> str:
    """Return what was told with its lines; what was before where only the line ends differ."""
    return before if _plain(told) == _plain(before) else _plain(told)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _told(form: FormData, name: str) -> str:
    said = form.get(name, "")
    return said if isinstance(said, str) else ""
