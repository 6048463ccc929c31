"""What readers can have follows the record: a withdrawn consent is out with the next sweep."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from content import arranging, consents, editions, privacy
from content.binding import Book
from content.history import Actor
from content.people import Participant
from content.store import Store
from scheduler.books import Books
from tests import editions as shelf
from tests.clock import Clock


async def test_readers_have_finished_editions_as_they_are_now(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    kept: list[Sequence[Book]] = []
    books = Books(store, kept.append, shelf.PAGE, shelf.SITE, "La redazione")
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


async def test_without_a_column_there_is_nothing_to_do(store: Store) -> None:
    await Books(store, None, shelf.PAGE, "", "").sweep()
