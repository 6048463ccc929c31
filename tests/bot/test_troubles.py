from types import SimpleNamespace
from typing import cast as typed

import pytest
from sqlmodel import select

from bot import texts, troubles
from bot.turn import Turn
from content import doubts, strays
from content.deliveries import Operation
from content.history import NEWSROOM, History
from content.planning import cancel
from content.posts import FrozenPost
from content.sending import claim_due, leave_unconfirmed
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock


@pytest.mark.parametrize(
    ("tries", "said", "state"),
    [
        ("1", texts.ALREADY_SOLVED, OperationState.UNCONFIRMED),
        ("", texts.ALREADY_SOLVED, OperationState.UNCONFIRMED),  # sent before buttons said it
        ("2", texts.DONE, OperationState.SCHEDULED),
    ],
)
async def test_the_button_of_an_older_doubt_says_nothing_of_another_try(
    store: Store, cast: SimpleNamespace, clock: Clock, tries: str, said: str, state: OperationState
) -> None:
    async with store.transaction() as session:
        page, *_ = await stories.approved(session, cast, clock())
        turn = typed("Turn", SimpleNamespace(session=session, now=clock()))
        for number in (1, 2):
            taken = await claim_due(session, page.id, "worker", now=clock())
            assert taken is not None
            await leave_unconfirmed(session, taken, "timeout", now=clock())
            await doubts.ask_people(session, page.id, now=clock())
            if number == 1:
                assert await troubles.mend(turn, cast.bruno, "absent", f"{page.id}", "1")

        answer = await troubles.mend(turn, cast.bruno, "absent", f"{page.id}", tries)

        assert answer == said
        assert (await session.get_one(Operation, page.id)).state is state


async def test_a_stray_is_taken_away_once_nothing_else_goes_out_there(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, _ = await stories.approved(session, cast, clock())
        turn = typed("Turn", SimpleNamespace(session=session, now=clock()))
        await strays.note(session, red.id, "7", "https://red.example/7", now=clock())
        row = (await session.exec(select(History).where(History.verb == "stray"))).one()

        assert await troubles.mend(turn, cast.bruno, "astray", f"{row.id}", "") == texts.STRAY_WAITS
        await cancel(session, page.id, by=NEWSROOM, now=clock())
        assert await troubles.mend(turn, cast.bruno, "astray", f"{row.id}", "") == texts.DONE
        again = await troubles.mend(turn, cast.bruno, "astray", f"{row.id}", "")
        assert again == texts.ALREADY_SOLVED
        none = await troubles.mend(turn, cast.bruno, "astray", f"{row.id + 1}", "")
        assert none == texts.UNKNOWN_BUTTON


async def test_a_stray_whose_words_were_forgotten_is_taken_away_by_hand(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, _ = await stories.approved(session, cast, clock())
        turn = typed("Turn", SimpleNamespace(session=session, now=clock()))
        await strays.note(session, red.id, "7", "https://red.example/7", now=clock())
        row = (await session.exec(select(History).where(History.verb == "stray"))).one()
        await cancel(session, page.id, by=NEWSROOM, now=clock())
        (await session.get_one(FrozenPost, red.post_id)).body = ""

        answer = await troubles.mend(turn, cast.bruno, "astray", f"{row.id}", "")

        assert answer == texts.STRAY_BY_HAND
