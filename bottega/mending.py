"""What a person at the terminal may do about updates that could not be handled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot import inbox
from bottega import migrations
from bottega.alone import CannotStart
from bottega.settings import Settings
from content.store import Store


async def listed(settings: Settings) -> list[str]:
    """Return one line for each failed update: number, when it came, why it failed; no words.

    Raises CannotStart when the database is not there.
    """
    async with _opened(settings) as store, store.reading() as session:
        return [
            f"{one.update_id}  {one.received_at:%Y-%m-%d %H:%M} UTC  {one.problem or ''}"
            for one in await inbox.failed(session)
        ]


async def again(settings: Settings, update_id: int | None) -> int:
    """Let failed updates, or one, be handled again by the bot; return how many.

    Raises CannotStart when the database is not there. The newsroom may be running.
    """
    async with _opened(settings) as store, store.transaction() as session:
        return await inbox.replay(session, update_id)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings.database)
    try:
        if not _is_there(settings) or await migrations.current(store) != migrations.HEAD:
            raise CannotStart("Il database non è ancora pronto: avvia prima la redazione.")
        yield store
    except (DBAPIError, OSError) as error:
        raise CannotStart(
            f"Il database non risponde ({type(error).__name__}). Controlla DATABASE_URL (o "
            "DATA_DIR)."
        ) from None
    finally:
        await store.close()


def _is_there(settings: Settings) -> bool:
    """Whether there is a file to look into, where the database is one: looking makes none."""
    url = make_url(settings.database)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
