"""What one process alone may do: have an SQLite database, be the bot of a PostgreSQL one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

PREPARING: Final = 0x0B077E6A
"""The advisory lock under which a database is prepared."""
_BOT: Final = 0x0B077E6B
_TRIES: Final = 20
_AGAIN_SECONDS: Final = 0.25
_KEEPALIVE: Final = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
"""So that the server notices within half a minute that the machine is gone."""


class CannotStart(Exception):
    """Why the newsroom does not start, and what to do, in Italian."""


@contextmanager
def only_process(database: str) -> Iterator[None]:
    """Hold an SQLite database for this process; raises CannotStart when another has it."""
    path = Path(make_url(database).database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CannotStart(
            f"Un’altra Bottega usa già {path}. Fermala, oppure usa PostgreSQL (DATABASE_URL) per "
            "tenerne accese più d’una."
        ) from None
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def only_bot(database: str) -> AsyncIterator[None]:
    """Be the one bot of a PostgreSQL database; raises CannotStart when there is another.

    Telegram gives its updates to one process, and messages must go out once. The lock goes with
    the connection, so that a bot that died leaves nothing behind.
    """
    import psycopg  # noqa: PLC0415 - SQLite does without

    plain = make_url(database).set(drivername="postgresql")
    connection = await psycopg.AsyncConnection.connect(
        plain.render_as_string(hide_password=False), autocommit=True, options=_KEEPALIVE
    )
    async with connection:
        for _ in range(_TRIES):
            answer = await connection.execute("SELECT pg_try_advisory_lock(%s)", [_BOT])
            if await answer.fetchone() == (True,):
                break
            await asyncio.sleep(_AGAIN_SECONDS)  # the one before may be just stopping
        else:
            raise CannotStart(
                "Un altro bot è già acceso su questo database: ne basta uno. Qui avvia gli altri "
                "ruoli (bottega run --role web,worker)."
            )
        yield
