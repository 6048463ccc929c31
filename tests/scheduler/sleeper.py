"""A worker in a process of its own that sends one operation, to be stopped in the middle of it.

`python -m tests.scheduler.sleeper URL MEDIA FACEBOOK OPERATION`: the database, the folder of the
pictures, the keys of Facebook as JSON, the operation's id. The lease is a second.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from content import sending
from content.store import Store
from publishers import Facebook
from scheduler import dispatch
from scheduler.dispatch import Dispatch

LEASE = timedelta(seconds=2)


def hurry() -> None:
    """Shorten the leases of this process."""
    sending.LEASE = LEASE  # type: ignore[misc]  # so short for a test alone
    dispatch.LONGEST_CALL = timedelta(seconds=0.5)  # type: ignore[misc]  # likewise


async def main(url: str, media: str, keys: str, operation: str) -> None:
    hurry()
    store = Store(url)
    publishers = {"facebook": Facebook(Facebook.Config.model_validate_json(keys), Path(media))}
    worker = Dispatch(store, publishers, lambda: datetime.now(UTC), "sleeper", lambda: None)
    await worker.perform(int(operation))
    await worker.finish()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
