"""Databases lent for a benchmark, migrated and empty, that go with it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sqlmodel import insert, select

from benchmarks.newsroom import utc_now
from bottega import migrations
from content.deliveries import Operation
from content.store import Store
from tests import postgres

Mode = Literal["embedded", "postgresql"]


@contextmanager
def lent(mode: Mode) -> Iterator[tuple[str, Path]]:
    """Lend a database's URL and a folder."""
    folder = Path(tempfile.mkdtemp(prefix="bottega-"))
    try:
        if mode == "embedded":
            url = f"sqlite+aiosqlite:///{folder}/bottega.db"
            migrations.upgrade(url)
            yield url, folder
        else:
            place = Path(tempfile.mkdtemp(prefix="bottega-"))
            with postgres.serving(place) as server:
                migrations.upgrade(f"{server}/postgres")
                yield f"{server}/postgres", folder
    finally:
        shutil.rmtree(folder)


async def crowd(store: Store, count: int) -> None:
    """Put so many operations beside those that are there, due over the next months."""
    async with store.transaction() as session:
        one = (await session.exec(select(Operation).limit(1))).one()
        same = one.model_dump(exclude={"id", "due_at", "next_try_at", "slot_id", "slot_day"})
        now = utc_now() + timedelta(days=1)
        moments = (now + timedelta(minutes=minute) for minute in range(count))
        rows = [same | {"due_at": moment, "next_try_at": moment} for moment in moments]
        for row in rows:
            row["state"], row["after_id"] = "scheduled", None
        await session.exec(insert(Operation), params=rows)
