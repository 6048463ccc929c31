"""What people change of an article: each time a version of its own, and never unseen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from content import alts, versions
from content.approvals import TO_APPROVE
from content.articles import EDITABLE, Article, content_of
from content.endings import call_off
from content.history import Actor, NotAllowed, change_state, record
from content.posts import Section
from content.standing import operations_of
from content.store import locked
from content.submissions import Kind, Submission
from content.workflow import ARTICLE, ArticleState

_KNOWN: Final[Mapping[str, Callable[[Any], Any]]] = {"kind": Kind, "section": Section}


LONGEST: Final[Mapping[str, int]] = {
    "title": 200, "lead": 1000, "text": 40_000, "organisation": 200, "link": 2000, "credit": 200,
    "correction": 240, "texts": 10_000, "alt": 1000, "caption": 500,
}  # fmt: skip
"""How many characters each field may have."""


class EditedMeanwhile(Exception):
    """Somebody else changed the article since it was read."""


class Unfit(ValueError):
    """What an article would say cannot be taken; `flaws` are as of `flaws`."""

    def __init__(self, flaws: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"{flaws}")
        self.flaws = flaws


async def edit(
    session: AsyncSession,
    article: Article,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Article:
    """Change an article as a person asks; an approved one becomes a draft again.

    What was planned of it and is not on its way is dropped with the approval. `version` is the
    one that the person read: raises EditedMeanwhile when there is a newer one; NotAllowed when it
    was retracted; Unfit, and ValueError for a kind or section that there is not.
    """
    assert set(changes) <= set(EDITABLE)
    await operations_of(session, article.submission_id)  # or one is taken while we decide
    await locked(session, article)
    if version is not None and article.version != version:
        raise EditedMeanwhile
    if article.state is ArticleState.RETRACTED:
        raise NotAllowed("article", article.state, ArticleState.DRAFT)
    before = content_of(article)
    if wrong := flaws({**before, **changes}, of=changes):
        raise Unfit(wrong)
    if article.state is ArticleState.APPROVED:
        await change_state(
            session, article, ARTICLE, ArticleState.DRAFT, verb="reopened", by=by, now=now
        )
        await call_off(session, article.id, by=by, now=now)
        changes = {"correction": None, **changes}  # the note of before is said already
    for name, value in changes.items():
        changed = alts.reviewed(article.media, value) if name == "media" else value
        setattr(article, name, _KNOWN[name](changed) if name in _KNOWN else changed)
    article.version += 1
    session.add(article)
    await session.flush()
    await _note(session, article, before, by=by, now=now)
    return article


def open_to_edits(submission: Submission, article: Article) -> bool:
    """Whether an edit would lead to anything: the case waits for an approval, or has one."""
    return submission.state in TO_APPROVE and article.state is not ArticleState.RETRACTED


def flaws(content: Mapping[str, Any], *, of: Collection[str] = EDITABLE) -> list[tuple[str, str]]:
    """Return what cannot be taken of some fields of an article: each with "empty" or "too_long".

    Words for a channel are "texts.x", those of the third file "alt.2" and "caption.2".
    """
    wrong = [("title", "empty")] if "title" in of and not content["title"].strip() else []
    wrong += [(name, "too_long") for name in of if _too_long(name, content.get(name))]
    if "texts" in of:
        texts = content["texts"].items()
        wrong += [(f"texts.{one}", "too_long") for one, said in texts if _too_long("texts", said)]
    if "media" in of:
        wrong += [
            (f"{name}.{number}", "too_long")
            for number, one in enumerate(content["media"])
            for name in ("alt", "caption")
            if _too_long(name, one.get(name))
        ]
    return wrong


def _too_long(name: str, said: object) -> bool:
    return isinstance(said, str) and len(said) > LONGEST.get(name, len(said))


def trial(article: Article, content: Mapping[str, Any]) -> Article:
    """Return an article as it would be with other content, for a look at it: stored nowhere."""
    changed = content != content_of(article)
    known = {name: _KNOWN[name](said) if name in _KNOWN else said for name, said in content.items()}
    return Article(**article.model_dump() | known | {"version": article.version + changed})


async def accept_alts(
    session: AsyncSession, article: Article, *, version: int, by: Actor, now: datetime
) -> bool:
    """Take the words proposed for an article's pictures as they are; False when there are none.

    Nothing changes of what is sent, so this is no new version. `version` is the one that the
    person read: raises EditedMeanwhile when there is a newer one.
    """
    await locked(session, article)
    if article.version != version:
        raise EditedMeanwhile
    lacking = alts.lacking(article.media)
    if not lacking or not all(str(one.get("alt", "")).strip() for one in lacking):
        return False
    article.media = alts.accepted(article.media)
    session.add(article)
    data = {"version": article.version, "pictures": [one["sha256"] for one in lacking]}
    await record(session, "article", article.id, "alts_accepted", by=by, now=now, data=data)
    return True


async def _note(
    session: AsyncSession,
    article: Article,
    before: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    after = content_of(article)
    sha256 = versions.keep(session, article.id, article.version, after, by=by, now=now)
    data = {
        "version": article.version,
        "sha256": sha256,
        "fields": versions.changes(before, after),
    }
    await record(session, "article", article.id, "edited", by=by, now=now, data=data)
