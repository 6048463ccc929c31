"""What a press raises is a refusal, of which people are told, or a fault, which is counted."""

from random import Random

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks import pressing
from benchmarks.pressing import Hand
from content.deliveries import Operation
from content.history import NotAllowed
from content.store import Store
from content.workflow import OperationState

DONE = OperationState.DONE


@pytest.fixture
def hand(store: Store, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """A hand that presses everything twice at a time."""
    monkeypatch.setattr(pressing, "HABITS", ((0.0, 0.0),))
    return Hand(store, Random(1))  # noqa: S311 - no secret


async def test_each_press_is_a_transaction_of_its_own(hand: Hand, store: Store) -> None:
    sessions = []

    async def act(session: AsyncSession) -> None:
        sessions.append(session)
        if len(sessions) == 1:
            raise NotAllowed("operation", DONE, DONE)

    assert await hand.press(act)
    assert len(set(map(id, sessions))) == 2
    assert (hand.presses, hand.refused, hand.faults) == (2, 1, 0)


async def test_whatever_is_no_refusal_is_a_fault(
    hand: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    async def act(session: AsyncSession) -> None:
        await session.get_one(Operation, 99)

    assert not await hand.press(act)
    assert (hand.presses, hand.refused, hand.faults) == (2, 0, 2)
    assert "NoResultFound" in capsys.readouterr().err


async def test_a_late_press_comes_while_its_person_does_something_else(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing, "HABITS", ((0.0, 60.0),))

    async def act(_: AsyncSession) -> None:
        """Nothing."""

    assert await hand.press(act)
    assert (hand.presses, hand.rests) == (1, False)
