"""First drafts of articles and posts: by template, or by a model whose every word is checked."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from pydantic import BaseModel, ConfigDict, Field

from content.cleaning import readable
from content.goals import GOALS, suggest
from content.markdown import literal
from content.proofs import Words, problems_of
from content.recognition import title_of, without_links
from content.sentences import opening, shortened
from content.submissions import Kind

LEAD: Final = 300
_TITLE: Final = 120
_TEXT: Final = 1500
_GOALS: Final = frozenset(goal.number for goal in GOALS)
_SHORT_CHANNEL: Final = 400
_WORTH_SHOWING: Final = 40
_ENDS: Final = " .,;:"

_log = structlog.get_logger()


class Source(BaseModel):
    """A submission as data: all that an assistant is told of it."""

    model_config = ConfigDict(frozen=True)

    kind: Kind = Kind.INITIATIVE
    organisation: str | None = None
    municipality: str | None = None
    province: str | None = None
    title: str = ""
    text: str = ""
    link: str | None = None
    place: str | None = None
    photos: int = 0
    no_model: bool = Field(default=False, exclude=True)
    """That the person lets no model read this."""
    accounts: Mapping[str, str] = Field(default={}, exclude=True)
    """The accounts of the organisation by channel: for us to mention, no model is told of them."""


class Draft(BaseModel):
    """What an assistant proposes: `text` is Markdown, all else plain; a person's edit always wins.

    `texts` holds one text a channel, `model` who wrote it (None: the template), `note` what the
    moderators should know, in Italian.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    lead: str
    text: str
    sdgs: Annotated[tuple[int, ...], Field(min_length=1, max_length=3)]
    texts: dict[str, str]
    model: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChannelLimit:
    """How much text a channel's post may hold, in the channel's own measure, link not counted.

    `mention` returns what mentions an account in it, "" where nothing does. `holds` tells, of
    words and a piece's title, whether they would go out whole there with the link to it.
    """

    name: str
    limit: int
    measure: Callable[[str], int] = len
    mention: Callable[[str], str] | None = None
    holds: Callable[[str, str], bool] = lambda _words, _title: True


class Assistant(Protocol):
    """Whoever writes first drafts."""

    async def draft(self, source: Source) -> Draft:
        """Return a draft; may raise anything."""
        ...


class TemplateAssistant:
    """Drafts by template: the person's own words in order, nothing added, the same each time."""

    def __init__(self, limits: Sequence[ChannelLimit]) -> None:
        self._limits = tuple(limits)

    async def draft(self, source: Source) -> Draft:
        """Return the draft; never fails, whatever the source says."""
        text = readable(source.text).strip()
        kind = _words().kind(source.kind.value)
        who = _who(source)
        title = " ".join(readable(source.title).split()) or title_of(text) or kind
        lead, body = _divided(_without_title(text, title))
        facts = {"title": title, "kind": kind, "who": who}
        return Draft(
            title=title,
            lead=lead or _words().lead(source.kind.value, source.municipality),
            text=literal(body or title),
            sdgs=suggest(f"{title}\n{text}"),
            texts={one.name: _post(one, lead or opening(body), facts) for one in self._limits},
        )


class CheckedAssistant:
    """An assistant that is not trusted: late, broken or careless, it gives way to another."""

    def __init__(
        self,
        inner: Assistant,
        fallback: Assistant,
        limits: Sequence[ChannelLimit],
        timeout: float,
    ) -> None:
        self._inner, self._fallback = inner, fallback
        self._limits, self._timeout = tuple(limits), timeout

    async def draft(self, source: Source) -> Draft:
        """Return the inner assistant's draft when it stands the checks, else the fallback's.

        The inner one sees nothing of who lets no model read them.
        """
        if source.no_model:
            return await self._fallback.draft(source)
        try:
            async with asyncio.timeout(self._timeout):
                drafted = await self._inner.draft(source)
            problems = checks(source, drafted, self._limits)
        except TimeoutError:
            problems = ["timeout"]
        except Exception as error:  # noqa: BLE001 - whatever happens outside, people get a draft
            _log.warning("draft_failed", error=type(error).__name__)
            problems = ["failed"]
        if not problems:
            return drafted
        _log.info("draft_fell_back", problems=problems)
        plain = await self._fallback.draft(source)
        return plain.model_copy(update={"note": str(_words().note(problems)).strip()})


def checks(source: Source, draft: Draft, limits: Sequence[ChannelLimit]) -> list[str]:
    """Return what is wrong with a draft, as short names; empty when it may be shown.

    Lengths, language, HTML, goals, and above all: no link, figure, date or address that the
    source does not hold.
    """
    told = "\n".join(str(value) for value in source.model_dump().values() if value is not None)
    problems = [*_lengths(source, draft, limits)]
    if set(draft.sdgs) - _GOALS or len(set(draft.sdgs)) != len(draft.sdgs):
        problems.append("sdgs")
    plain = [draft.title, draft.lead, *draft.texts.values()]
    problems += problems_of(Words(told=told, plain=plain, markdown=draft.text))
    return list(dict.fromkeys(problems))


def instructions(limits: Sequence[ChannelLimit]) -> str:
    """Return what a model is told before the data: its task, its bounds, its answer's form."""
    return _template("system.txt").render(limits=limits)


def _lengths(source: Source, draft: Draft, limits: Sequence[ChannelLimit]) -> list[str]:
    wrong = []
    if not draft.title.strip() or len(draft.title) > max(_TITLE, len(source.title)):
        wrong.append("title")
    if not draft.lead.strip() or len(draft.lead) > LEAD * 2:
        wrong.append("lead")
    if not draft.text.strip() or len(draft.text) > max(_TEXT, 2 * len(source.text)):
        wrong.append("text")
    for limit in limits:
        post = draft.texts.get(limit.name, "").strip()
        if not post:
            wrong.append("post_missing")
        elif limit.measure(post) > limit.limit:
            wrong.append("post_too_long")
    if set(draft.texts) - {limit.name for limit in limits}:
        wrong.append("post_missing")
    return wrong


def _who(source: Source) -> str:
    place = source.municipality
    if source.organisation:
        name = " ".join(source.organisation.split())
        return name if not place or place in name else f"{name}, {place}"
    return f"{place} ({source.province})" if place and source.province else place or ""


def _without_title(text: str, title: str) -> str:
    """Return a text without its first line, or first sentence, where that is the title."""
    for first in (text.partition("\n")[0], opening(text)):
        rest = text[len(first) :].strip()
        if rest and first.strip().rstrip(_ENDS) == title.rstrip(_ENDS):
            return rest
    return text


def _divided(text: str) -> tuple[str, str]:
    """Return lead and body: the first sentence, and the rest where there is one."""
    first = opening(text)
    rest = text[len(first) :].strip()
    return ("", text) if not rest or len(first) > LEAD else (" ".join(first.split()), rest)


def _post(limit: ChannelLimit, lead: str, facts: dict[str, str]) -> str:
    """Return a channel's text within its limit: the lead gives way first, then the title."""
    template = _template("short.txt" if limit.limit < _SHORT_CHANNEL else "post.txt")
    title = without_links(facts["title"]) or facts["kind"]

    def written(title: str, lead: str) -> str:
        return template.render(facts | {"title": title, "lead": lead}).strip()

    room = limit.limit - limit.measure(written(title, "-")) if limit.limit else 0
    lead = shortened(without_links(lead), max(room, 0), limit.measure)
    if room >= _WORTH_SHOWING and lead and lead.rstrip("….:; ") != title.rstrip("….:; "):
        post = written(title, lead)
        if limit.measure(post) <= limit.limit:
            return post
    post = written(title, "")
    return (
        post if limit.measure(post) <= limit.limit else shortened(title, limit.limit, limit.measure)
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "drafting"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _words() -> Any:
    """Return the macros of the template catalogue: kind, lead, note."""
    return _template("words.txt").module
