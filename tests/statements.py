"""What is asked of the database, so that a test can count it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from content.store import Store


@contextmanager
def counted(store: Store, *, writes: bool = False) -> Iterator[list[str]]:
    """Collect the statements that are asked of the database: by readings, or by transactions."""
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    engine = (store._writer if writes else store._reader).sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    yield said
    event.remove(engine, "before_cursor_execute", hear)
