"""Keeps the e-books that readers have true: a withdrawn consent is out within a minute."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from content import binding, editions
from content.binding import Book
from content.store import Store
from publishers.bookshop import Kept


class Books:
    """Binds every finished edition as it is now, and hands them to who keeps their files."""

    def __init__(
        self,
        store: Store,
        keep: Callable[[Sequence[Book]], Sequence[Kept]] | None,
        page: str,
        site_url: str,
        owner: str,
        clock: Callable[[], datetime],
    ) -> None:
        """Take who keeps the files (blocking; None where there is no column) and the column's."""
        self._store, self._keep, self._page = store, keep, page
        self._site_url, self._owner, self._clock = site_url, owner, clock

    async def sweep(self) -> None:
        """Have the files of every finished edition say what it says now; note what became of it."""
        if self._keep is None:
            return
        async with self._store.reading() as session:
            books = [
                (await binding.bind(session, one, self._page, self._site_url, self._owner)).book
                for one in await editions.finished(session)
            ]
        kept = await asyncio.to_thread(self._keep, books)
        async with self._store.transaction() as session:
            for one in kept:
                await editions.note_kept(
                    session, one.edition_id, one.sha256, one.lack, now=self._clock()
                )
