from types import SimpleNamespace

from content import people
from content.history import NEWSROOM
from content.people import Role
from content.store import Store
from tests.clock import Clock


async def test_an_invitation_works_once(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        code = await people.invite(session, Role.MODERATOR, by=NEWSROOM, now=clock())
        first = await people.redeem(session, code, 2001, "Bruno", now=clock())
        second = await people.redeem(session, code, 3001, "Carla", now=clock())

    assert first is not None
    assert first.role is Role.MODERATOR
    assert second is None


async def test_an_invitation_expires(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        code = await people.invite(session, Role.MODERATOR, by=NEWSROOM, now=clock())
        late = await people.redeem(session, code, 2001, "Bruno", now=clock.forward(days=8))

    assert late is None


async def test_consent_is_recorded_once(store: Store, cast: SimpleNamespace, clock: Clock) -> None:
    async with store.transaction() as session:
        again = await people.consent(session, cast.ada, now=clock())
        carla = await people.consented(session, cast.carla)

    assert again is False
    assert carla is False


async def test_a_second_role_never_lowers_the_first(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        bruno = await people.appoint(session, 2001, "Bruno", Role.MODERATOR, now=clock())

    assert bruno.role is Role.ADMINISTRATOR
