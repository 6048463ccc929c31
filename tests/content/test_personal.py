"""Every table that leads to a person is known to those who tell and those who forget."""

from sqlmodel import SQLModel

import content.review
import content.talk  # noqa: F401 - importing a room declares its tables
from content.personal import ELSEWHERE, MEDIA, PLACES, hashes

TABLES = SQLModel.metadata.tables


def test_every_table_that_leads_to_a_person_has_its_place() -> None:
    leading, before = {"participant"}, set[str]()
    while leading != before:
        before = set(leading)
        leading |= {
            name
            for name, table in TABLES.items()
            if any(key.column.table.name in before for key in table.foreign_keys)
        }

    assert leading - {"participant"} == {one.table for one in PLACES} & set(TABLES) | set(ELSEWHERE)


def test_every_place_is_as_its_table_is() -> None:
    for place in PLACES:
        table = TABLES.get(place.table)
        if table is not None:
            [key] = table.c[place.key].foreign_keys
            assert key.column.table.name == place.owner
            assert set(place.words or {}) <= set(table.c.keys())


def test_every_text_of_a_place_is_emptied_or_is_none_of_the_persons() -> None:
    plain = {
        "consent": {"notice_version", "licence"},
        "permission": {"purpose", "notice_version"},
        "submission": {"receipt"},
        "revision": {"sha256"},
        "decision": {"reason", "seen_sha256", "sha256"},
        "article_version": {"by"},
        "post": {"channel", "sha256"},
        "delivery": {"channel"},
        "operation": {
            "channel", "local_time", "hold_reason", "remote_id", "permalink", "problem",
        },
    }  # fmt: skip
    left = {}
    for place in PLACES:
        table = TABLES.get(place.table)
        if table is None or place.words is None:
            continue
        texts = {
            column.name
            for column in table.c
            if str(column.type) in ("VARCHAR", "JSON", "TEXT") and not column.foreign_keys
        }
        texts -= set(place.words) | plain.get(place.table, set())
        if texts:
            left[place.table] = texts

    assert left == {}


def test_media_are_known_by_the_hashes_in_them() -> None:
    first, second = "a" * 64, "b" * 64

    assert hashes({"sha256": first, "poster": {"sha256": second}}, None) == {first, second}
    assert all(column in TABLES[table].c for table, column in MEDIA if table in TABLES)
