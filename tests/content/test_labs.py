from types import SimpleNamespace

from content import labs, submissions
from content.history import Actor
from content.store import Store
from tests.clock import Clock

DEEP_LINK = 64


async def test_the_same_title_and_year_is_the_same_lab(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        one, fresh = await labs.create(session, "Città intelligenti", 2027, by=by, now=clock())
        same, again = await labs.create(session, "Città  intelligenti!", 2027, by=by, now=clock())
        next_year, _ = await labs.create(session, "Città intelligenti", 2028, by=by, now=clock())

        assert [one.id for one in await labs.newest(session, limit=9)] == [next_year.id, one.id]
    assert (fresh, again, same.id) == (True, False, one.id)
    assert one.slug == "citta-intelligenti-2027"


async def test_any_title_fits_a_deep_link() -> None:
    for title in ("parole " * 40, "🎉🎉", "x" * 300):
        assert len(f"lab_{labs.slug(title, 2027)}") <= DEEP_LINK


async def test_a_person_belongs_to_the_lab_joined_last(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        first, _ = await labs.create(session, "Uno", 2027, by=by, now=clock())
        second, _ = await labs.create(session, "Due", 2027, by=by, now=clock())
        assert await labs.join(session, cast.ada, first, now=clock())
        begun, _ = await submissions.begin(session, cast.ada, now=clock())
        assert await labs.join(session, cast.ada, second, now=clock())
        assert not await labs.join(session, cast.ada, second, now=clock())
        later, _ = await submissions.begin(session, cast.ada, now=clock())

    assert (begun.lab_id, later.lab_id) == (first.id, second.id)
