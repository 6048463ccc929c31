"""All that the clock drives: what sends, resolves, drafts, keeps and tells; and its engine."""

import os
import socket
from collections.abc import Callable
from functools import partial

from bot import echoes, forgetting, morning
from bot.turn import Newsroom
from bottega.settings import Settings
from content.drafting import Assistant
from content.senses import Sight
from content.store import Store
from publishers import Rubrica
from publishers.bookshop import Bookshop
from scheduler.access import Access
from scheduler.ahead import Ahead
from scheduler.books import Books
from scheduler.dispatch import Dispatch
from scheduler.drafts import Drafts
from scheduler.reach import Reach
from scheduler.reconcile import Reconcile
from scheduler.retention import Retention
from scheduler.sealing import Sealing
from scheduler.timetable import SEND, Engine, timetable


class Clockwork:
    """The scheduler's rooms, built; `engine` is the one that goes with the database."""

    def __init__(
        self,
        settings: Settings,
        newsroom: Newsroom,
        *,
        assistant: Assistant,
        sight: Sight,
        happened: Callable[[], None],
    ) -> None:
        """Take who drafts and sees, and whom to tell that something happened."""
        store, publishers, clock = newsroom.store, newsroom.publishers, newsroom.clock
        worker = f"{socket.gethostname()}-{os.getpid()}"
        self.access = Access(store, settings.vault, clock)
        self._settings, self._newsroom, self._happened = settings, newsroom, happened
        self._dispatch = Dispatch(store, publishers, clock, worker, happened, access=self.access)
        self._reconcile = Reconcile(store, publishers, clock, self._reconciled, self.access)
        self._drafts = Drafts(
            store, assistant, clock, happened, sight=sight, media_root=settings.media_root
        )
        self._retention = Retention(store, settings.media_root, clock, forgetting.empty_old)
        self._sealing, self._ahead = Sealing(store, clock), Ahead(store, publishers)
        self._reach = Reach(store, publishers, clock, self.access)
        self._books = _books_of(newsroom, settings)
        self.engine: Engine = _engine_of(settings, store, self._dispatch)

    async def start(self) -> None:
        """Resolve what a crash left open, then let every job come round."""
        newsroom = self._newsroom
        await self._reconcile.sweep(alone=newsroom.store.embedded)
        await self.engine.start(
            timetable(
                newsroom.store,
                self.engine.send_due,
                self._reconcile,
                self._drafts,
                newsroom.clock,
                keep_no_longer=self._retention.sweep,
                seal=self._sealing.sweep,
                tell_programme=partial(
                    morning.tell_programme, newsroom, self._settings.programme_at
                ),
                remind_of_waiting=partial(morning.remind_of_waiting, newsroom),
                keep_books=self._books.sweep,
                read_figures=self._reach.sweep,
                tell_reach=partial(echoes.tell_reach, newsroom),
                make_ready=self._ahead.sweep,
            )
        )

    async def stop(self) -> None:
        """Start nothing more, and end when what was begun is settled and stored."""
        await self.engine.stop()
        await self.access.finish()

    def _reconciled(self) -> None:
        self._happened()
        self.engine.nudge(SEND)


def _engine_of(settings: Settings, store: Store, dispatch: Dispatch) -> Engine:
    """Return the engine that goes with the database; the other one is not even loaded."""
    if store.embedded:
        from scheduler.embedded import Embedded  # noqa: PLC0415

        return Embedded(dispatch)
    from scheduler.distributed import Distributed  # noqa: PLC0415

    return Distributed(settings.database, dispatch)


def _books_of(newsroom: Newsroom, settings: Settings) -> Books:
    """Return who keeps the e-books true: they are in the column, where there is one."""
    rubrica, store, clock = newsroom.publishers.get(Rubrica.channel), newsroom.store, newsroom.clock
    if not isinstance(rubrica, Rubrica):
        return Books(store, None, Rubrica.channel, "", "", clock)
    shop = Bookshop(rubrica, settings.media_root)
    return Books(store, shop.keep, Rubrica.channel, rubrica.url, rubrica.owner, clock)
