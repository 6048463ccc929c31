"""Each role may do what the one below may, and more."""

from types import SimpleNamespace

import pytest

from content import people
from content.history import NEWSROOM
from content.people import Role
from content.roles import LEAST, Deed, may, may_invite
from content.store import Store
from tests.clock import Clock

ROLES = (None, Role.MODERATOR, Role.CHIEF_EDITOR, Role.ADMINISTRATOR)


def test_every_deed_has_its_least_role() -> None:
    assert set(LEAST) == set(Deed)


@pytest.mark.parametrize("deed", Deed)
def test_who_stands_higher_may_do_no_less(deed: Deed) -> None:
    allowed = [may(role, deed) for role in ROLES]

    assert allowed == sorted(allowed)
    assert allowed[0] is False
    assert allowed[-1] is True


@pytest.mark.parametrize(
    ("role", "to"),
    [
        (None, []),
        (Role.MODERATOR, []),
        (Role.CHIEF_EDITOR, [Role.MODERATOR, Role.CHIEF_EDITOR]),
        (Role.ADMINISTRATOR, list(Role)),
    ],
)
def test_nobody_lets_in_somebody_above_themselves(role: Role | None, to: list[Role]) -> None:
    assert [one for one in Role if may_invite(role, one)] == to


@pytest.mark.parametrize("role", Role)
async def test_an_invitation_gives_its_role_once(store: Store, clock: Clock, role: Role) -> None:
    async with store.transaction() as session:
        code = await people.invite(session, role, by=NEWSROOM, now=clock())
        member = await people.redeem(session, code, 2009, "Dora", now=clock())
        again = await people.redeem(session, code, 666, "Mallory", now=clock())

    assert member is not None
    assert member.role is role
    assert again is None


async def test_a_higher_role_is_kept(store: Store, cast: SimpleNamespace, clock: Clock) -> None:
    async with store.transaction() as session:
        for role in (Role.CHIEF_EDITOR, Role.MODERATOR):
            gaia = await people.appoint(session, cast.gaia.telegram_id, "Gaia", role, now=clock())
        bruno = await people.appoint(
            session, cast.bruno.telegram_id, "Bruno", Role.CHIEF_EDITOR, now=clock()
        )

    assert gaia.role is Role.CHIEF_EDITOR
    assert bruno.role is Role.ADMINISTRATOR
