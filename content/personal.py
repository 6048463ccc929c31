"""Where people's words are: every table that leads to a person, what of it is told and emptied."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table, delete, select, update
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Place:
    """A table that leads to a person: `key` is the column that names the row of `owner`.

    `words` are the columns with people's words, and what each is emptied to; None deletes the row.
    """

    table: str
    key: str
    owner: str
    words: Mapping[str, Any] | None = field(default_factory=dict)


PLACES: Final = (
    Place("consent", "participant_id", "participant"),
    Place("permission", "participant_id", "participant"),
    Place("submission", "participant_id", "participant"),
    Place(
        "revision",
        "submission_id",
        "submission",
        {"title": "", "text": "", "chosen": []}
        | dict.fromkeys(
            (
                "organisation",
                "municipality",
                "province",
                "link",
                "place",
                "credit",
                "fingerprint",
                "forwarded_from",
            )
        ),
    ),
    Place("said", "revision_id", "revision", None),
    Place("attachment", "revision_id", "revision", None),
    Place("release", "revision_id", "revision"),
    Place("message", "submission_id", "submission", {"text": "", "media": []}),
    Place("upload", "submission_id", "submission", None),
    Place("claim", "submission_id", "submission"),
    Place("decision", "submission_id", "submission"),
    Place("announcement", "submission_id", "submission"),
    Place(
        "article",
        "submission_id",
        "submission",
        {
            "sdgs": [],
            "texts": {},
            "forms": {},
            "media": [],
            "drafted": {},
        }
        | dict.fromkeys(("slug", "title", "lead", "text", "organisation"), "")
        | dict.fromkeys(("municipality", "province", "link", "credit", "correction")),
    ),
    Place("article_version", "article_id", "article", {"content": {}}),
    Place("writing", "article_id", "article", None),
    Place("edition_piece", "article_id", "article", None),
    Place("post", "article_id", "article", {"body": ""}),
    Place("delivery", "article_id", "article"),
    Place("operation", "delivery_id", "delivery"),
    Place("reading", "operation_id", "operation"),
    Place("reach_told", "article_id", "article"),
)
"""In an order in which each owner comes before what it owns."""

MEDIA: Final = (
    ("attachment", "medium"),
    ("message", "media"),
    ("article", "media"),
    ("article_version", "content"),
    ("writing", "content"),
    ("post", "body"),
    ("edition", "cover"),
)
"""The columns that name media by their hashes."""

ELSEWHERE: Final[Mapping[str, str]] = {
    "arrival": "how and when a case came to the moderators: nothing of the person",
    "attempt": "when each call was made, by which worker: nothing of the person",
    "conversation": "emptied with the person's messages, by the bot",
    "filed": "the newsroom's list, which the database keeps like the tables above, emptied too",
    "prompt": "a moderator's, gone with their answer",
}
"""Tables that lead to a person too and are not in PLACES, with the reason."""

Rows = dict[str, list[dict[str, Any]]]


async def gather(session: AsyncSession, owner: str, ids: Collection[int]) -> Rows:
    """Return all rows that lead to some rows of the table `owner`, by table."""
    await session.flush()
    connection = await session.connection()
    found: Rows = {}
    owned: dict[str, Collection[int]] = {owner: ids}
    for place in PLACES:
        table = _table(place.table)
        if table is None or place.owner not in owned:
            continue
        theirs = select(table).where(table.c[place.key].in_(owned[place.owner]))
        rows = (await connection.execute(theirs)).mappings().all()
        found[place.table] = [dict(row) for row in rows]
        if "id" in table.c:
            owned[place.table] = [row["id"] for row in rows]
    return found


async def empty(session: AsyncSession, submission_ids: Collection[int]) -> None:
    """Empty some cases of all words and media; their rows, and what happened, stay."""
    if not submission_ids:
        return
    owned = await gather(session, "submission", submission_ids)
    ids = {name: [row["id"] for row in rows if "id" in row] for name, rows in owned.items()}
    ids["submission"] = list(submission_ids)
    connection = await session.connection()
    for place in PLACES:
        table = _table(place.table)
        if table is None or place.owner not in ids or place.words == {}:
            continue
        where = table.c[place.key].in_(ids[place.owner])
        if place.words is None:
            await connection.execute(delete(table).where(where))
        else:
            await connection.execute(update(table).where(where).values(**place.words))


async def in_use(session: AsyncSession) -> set[str]:
    """Return the hash of every medium that some case, article or post refers to."""
    await session.flush()
    connection = await session.connection()
    found: set[str] = set()
    for name, column in MEDIA:
        table = _table(name)
        if table is not None:
            found |= hashes(*(await connection.execute(select(table.c[column]))).scalars())
    return found


def hashes(*values: object) -> set[str]:
    """Return every SHA-256 that is written in some values."""
    return set(_SHA256.findall(repr(values)))


def files_of(rows: Rows) -> set[str]:
    """Return the hashes of the media in gathered rows."""
    return hashes(*(row[column] for name, column in MEDIA for row in rows.get(name, ())))


def _table(name: str) -> Table | None:
    return SQLModel.metadata.tables.get(name)
