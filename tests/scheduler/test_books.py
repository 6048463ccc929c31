"""What readers can have follows the record: a withdrawn consent is out with the next sweep."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlmodel import col, select

from content import arranging, consents, editions, privacy
from content.binding import Book
from content.history import NEWSROOM, Actor, History
from content.people import Participant
from content.store import Store
from publishers.bookshop import Kept, Lack
from scheduler.books import Books
from tests import editions as shelf
from tests.clock import Clock


async def test_readers_have_finished_editions_as_they_are_now(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    kept: list[Sequence[Book]] = []

    def keep(books: Sequence[Book]) -> list[Kept]:
        kept.append(books)
        return []

    books = Books(store, keep, shelf.PAGE, shelf.SITE, "La redazione", clock)
    how: dict[str, Any] = {"by": Actor("moderator", cast.bruno.id), "now": clock()}
    async with store.transaction() as session:
        lab = await shelf.lab_of(session, cast, clock())
        await shelf.published(session, cast, clock(), "Uno")
        edition = await arranging.propose(session, lab, shelf.PAGE, **how)

    await books.sweep()
    async with store.transaction() as session:
        await editions.finish(session, await session.merge(edition), **how)
    await books.sweep()
    async with store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        await privacy.withhold(session, ada, consents.EBOOK, shelf.PAGE, now=clock())
    await books.sweep()

    assert [[len(one.chapters) for one in some] for some in kept] == [[], [1], [0]]
    assert kept[1][0].owner == "La redazione"


async def test_the_record_says_what_readers_have_once_for_each_change(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        lab = await shelf.lab_of(session, cast, clock())
        edition = await editions.begin(session, lab, by=NEWSROOM, now=clock())
    said = iter([None, None, Lack.PDF_TOO_LARGE, Lack.PDF_TOO_LARGE, None])
    hashes = iter(["a", "a", "b", "b", "b"])

    def keep(_: Sequence[Book]) -> list[Kept]:
        return [Kept(edition.id, next(hashes), next(said))]

    books = Books(store, keep, shelf.PAGE, shelf.SITE, "La redazione", clock)
    for _ in range(5):
        await books.sweep()

    async with store.reading() as session:
        query = select(History).where(History.noun == "edition").order_by(col(History.number))
        rows = [row.data for row in await session.exec(query) if row.verb == "given_to_readers"]
    assert rows == [
        {"sha256": "a", "lack": None},
        {"sha256": "b", "lack": "pdf_too_large"},
        {"sha256": "b", "lack": None},
    ]


async def test_without_a_column_there_is_nothing_to_do(store: Store, clock: Clock) -> None:
    await Books(store, None, shelf.PAGE, "", "", clock).sweep()
