"""Cases by the hundred thousand, written straight into the tables of a case."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, create_engine, insert, text
from sqlmodel import SQLModel

from bottega import migrations
from bottega.migrations import filing
from content.articles import Article
from content.channels import Channel
from content.deliveries import Delivery, Operation
from content.history import History
from content.people import Participant
from content.posts import FrozenPost
from content.slots import ROME, Slot
from content.submissions import Revision, Submission

_BATCH: Final = 2000
_PEOPLE: Final = 500
CHANNEL: Final = "rubrica"
POSTS_A_DAY: Final = 30
_NUMBERED: Final = (
    "participant", "slot", "submission", "revision", "article", "post", "delivery", "operation",
    "history",
)  # fmt: skip
_WARNED: Final = 10
"""One in so many is: the page is full in a short archive too."""
_FOUND: Final = 1000
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PROVINCES: Final = ("SO", "MI", "BG", "BS", "CO", "CR", "LC", "LO", "MB", "MN", "PV", "VA")
_TEXT: Final = (
    "Il Comune apre la biblioteca di quartiere numero {number}, con orario serale, sale per chi "
    "studia e un laboratorio di lettura{rare}. Il progetto nasce con le scuole e le associazioni "
    "del paese, che ne curano gli incontri del giovedì."
)


def fill(url: str, count: int) -> None:
    """Put so many sent and drafted cases into an empty, migrated database."""
    engine = create_engine(migrations.blocking(url))
    with engine.begin() as connection:
        filing.remove(connection)  # they would file each case four times
        _write(connection, Participant, _people())
        _write(connection, Channel, iter([{"name": CHANNEL, "gap_minutes": 30}]))
        _write(connection, Slot, _week())
        for table in (Submission, Revision, Article, FrozenPost, Delivery, Operation, History):
            _write(connection, table, _rows(table, count))
        filing.furnish(connection)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for name in _NUMBERED:
                last = f"(SELECT max(id) FROM {name})"  # noqa: S608 - the names above
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})")
                )
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _write(connection: Connection, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    while batch := [row for row, _ in zip(rows, range(_BATCH), strict=False)]:
        connection.execute(insert(table), batch)


def _people() -> Iterator[dict[str, Any]]:
    for number in range(1, _PEOPLE + 1):
        yield {"id": number, "telegram_id": number, "name": f"Ada {number}", "created_at": _BEGAN}


def _rows(table: type[SQLModel], count: int) -> Iterator[dict[str, Any]]:
    make: dict[type[SQLModel], Callable[[int, int], dict[str, Any]]] = {
        Submission: _submission, Revision: _revision, Article: _article, FrozenPost: _post,
        Delivery: _delivery, Operation: _operation, History: _event,
    }  # fmt: skip
    return (make[table](number, count) for number in range(1, count + 1))


def _submission(number: int, count: int) -> dict[str, Any]:
    # A shift's work waits, whatever the archive holds: the rest is decided.
    waits = number > count - 200
    return {
        "id": number,
        "participant_id": number % _PEOPLE + 1,
        "receipt": f"26-{number:04}",
        "state": "submitted" if waits else ("accepted", "rejected")[number % 2],
        "created_at": _at(number),
        "submitted_at": _at(number),
    }


def _revision(number: int, count: int) -> dict[str, Any]:
    return {
        "id": number,
        "submission_id": number,
        "number": 1,
        "chosen": [],
        "release": False,
        "minors": number % _WARNED == 0,
        "sent_at": _at(number),
        "fingerprint": f"{number}",
        "sha256": "",
        **_words(number, count),
    }


def _article(number: int, count: int) -> dict[str, Any]:
    return {
        "id": number,
        "submission_id": number,
        "revision_id": number,
        "state": "draft" if number > count - 200 else "approved",
        "version": 1,
        "section": "notizie",
        "slug": f"biblioteca-{number}",
        "lead": "Orario serale.",
        "sdgs": [4],
        "texts": {},
        "media": [],
        "drafted": {},
        "created_at": _at(number),
        **_words(number, count),
    }


def _post(number: int, _: int) -> dict[str, Any]:
    return {
        "id": number,
        "article_id": number,
        "version": 1,
        "channel": CHANNEL,
        "body": "",
        "sha256": "",
        "frozen_at": _at(number),
    }


def _delivery(number: int, _: int) -> dict[str, Any]:
    return {"id": number, "article_id": number, "channel": CHANNEL, "created_at": _at(number)}


def _operation(number: int, count: int) -> dict[str, Any]:
    due = day_of(number) + timedelta(minutes=20 * (number % POSTS_A_DAY))
    return {
        "id": number,
        "delivery_id": number,
        "channel": CHANNEL,
        "post_id": number,
        "action": "create",
        "state": "scheduled" if number > count - 200 else "done",
        "remote_id": f"{number}",
        "part": 1,
        "tries": 1,
        "due_at": due,
        "next_try_at": due,
        "local_time": f"{due.astimezone(ROME):%Y-%m-%dT%H:%M}",
    }


def _week() -> Iterator[dict[str, Any]]:
    for number in range(7 * POSTS_A_DAY):
        hour, minute = divmod(20 * (number % POSTS_A_DAY), 60)
        yield {
            "id": number + 1,
            "channel": CHANNEL,
            "weekday": number // POSTS_A_DAY,
            "hour": f"{hour + 7:02}:{minute:02}",
        }


def day_of(number: int) -> datetime:
    """Return the day of a case's post: as many stand on a day in a short archive as in a long."""
    return _BEGAN + timedelta(days=number // POSTS_A_DAY, hours=6)


def _words(number: int, count: int) -> dict[str, Any]:
    rare = " nel mulino" if number % max(count // _FOUND, 1) == 0 else ""
    return {
        "kind": ("initiative", "news", "idea")[number % 3],
        "organisation": f"Comune di Paese {number % 1500}",
        "province": _PROVINCES[number % len(_PROVINCES)],
        "title": f"Apre la biblioteca {number}",
        "text": _TEXT.format(number=number, rare=rare),
    }


def _event(number: int, _: int) -> dict[str, Any]:
    return {
        "id": number,
        "at": _at(number),
        "actor": "participant",
        "actor_id": 1,
        "noun": "submission",
        "noun_id": number,
        "number": 1,
        "verb": "received",
        "data": {},
        "sha256": f"{number:064x}",
    }


def _at(number: int) -> datetime:
    return _BEGAN + timedelta(minutes=4 * number)
