"""A newsroom without Telegram: its channels on the sandbox, and approved articles by the dozen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from content import articles, channels, consents, editing, people, review, slots, submissions
from content.deliveries import Operation
from content.drafting import Draft
from content.history import Actor
from content.people import Role
from content.store import Store
from publishers import PUBLISHERS
from publishers.base import Publisher

PAGE: Final = "rubrica"
NETWORKS: Final = ("facebook", "x")
"""The channels that are measured beside the page: the same ones, whichever else there are."""
SITE: Final = "https://laboratori.example"
_BATCH: Final = 20
_TEXT: Final = (
    "Il Comune di Tirano apre la biblioteca di quartiere numero {number}, con orario serale, sale "
    "per chi studia e un laboratorio di lettura per le famiglie.\n\nIl progetto nasce con le "
    "scuole e le associazioni del paese, che ne curano gli incontri del giovedì."
)


@dataclass(frozen=True, slots=True)
class Outside:
    """Where a newsroom's database, channels and pages are; plain values, for other processes.

    `keys` are each channel's; `settling` is in seconds, as the channels' own; `hands` is how many
    operations a worker has under way at once.
    """

    database: str
    folder: str
    keys: Mapping[str, Mapping[str, str]]
    settling: float
    hands: int = 16

    @property
    def media(self) -> Path:
        """The folder of the pictures."""
        return Path(self.folder) / "media"

    def publishers(self) -> dict[str, Publisher]:
        """Return the channels, by name."""
        told: dict[str, dict[str, object]] = {
            name: {**keys, "settling": self.settling} for name, keys in self.keys.items()
        }
        told[PAGE] = {"site": Path(self.folder) / "site", "url": SITE}
        built = [
            one(one.Config.model_validate(told[one.channel]), self.media)
            for one in PUBLISHERS
            if one.channel in told
        ]
        return {one.channel: one for one in built}


def measured(keys: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return the keys of the channels that are measured."""
    return {name: keys[name] for name in NETWORKS}


def said(number: int) -> str:
    """Return what the networks say of the n-th article."""
    return f"Biblioteca numero {number}: da oggi si legge anche la sera."


def utc_now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


def as_drafted(number: int) -> Mapping[str, Any]:  # noqa: ARG001 - one for all
    """Return what an editor changes of the n-th article before it is approved: nothing."""
    return {}


async def approve(
    store: Store,
    publishers: Mapping[str, Publisher],
    moments: Sequence[datetime],
    edits: Callable[[int], Mapping[str, Any]] = as_drafted,
) -> list[int]:
    """Approve one article for each moment, due then on all channels; return the operations' ids.

    Each text is one of a kind. The articles are made by the verbs that the bot uses; `edits` says
    what an editor changes of each.
    """
    cast = await _people(store, list(publishers), min(moments))
    planned: list[int] = []
    for start in range(0, len(moments), _BATCH):
        async with store.transaction() as session:
            for number, moment in enumerate(moments[start : start + _BATCH], start):
                operations = await _approve(
                    session, publishers, cast, number, edits(number), moment
                )
                planned += [operation.id for operation in operations]
    return planned


async def _people(store: Store, names: Sequence[str], now: datetime) -> SimpleNamespace:
    async with store.transaction() as session:
        await channels.open_channels(session, names)
        for name in names:
            if name != PAGE:
                await slots.furnish(session, name)
        ada = await people.meet(session, 1001, "Ada Rossi", now=now)
        await consents.accept(session, ada, names, now=now)
        bruno = await people.appoint(session, 2001, "Bruno Galli", Role.ADMINISTRATOR, now=now)
    return SimpleNamespace(ada=ada, bruno=bruno)


async def _approve(
    session: AsyncSession,
    publishers: Mapping[str, Publisher],
    cast: SimpleNamespace,
    number: int,
    edits: Mapping[str, Any],
    now: datetime,
) -> list[Operation]:
    by = Actor("participant", cast.ada.id)
    submission, revision = await submissions.begin(session, cast.ada, now=now)
    text, title = _TEXT.format(number=number), f"A Tirano apre la biblioteca {number}"
    fields = {"text": text, "title": title, "organisation": "Comune di Tirano"}
    await submissions.write(session, revision, fields, by=by, now=now)
    await submissions.receive(session, submission, revision, by=by, now=now)
    words = {name: said(number) for name in publishers if name != PAGE}
    drafted = Draft(title=title, lead="Orario serale.", text=text, sdgs=(4, 11), texts=words)
    article = await articles.draft(session, revision, drafted, now=now)
    if edits:
        await editing.edit(session, article, edits, by=Actor("moderator", cast.bruno.id), now=now)
    piece = await articles.piece(session, article, SITE)
    posts = [publisher.render(piece) for publisher in publishers.values()]
    return await review.approve(
        session,
        submission,
        cast.bruno,
        posts,
        version=article.version,
        seen=review.view_hash(posts),
        page_channel=PAGE if PAGE in publishers else None,
        immediately=True,
        now=now,
    )
