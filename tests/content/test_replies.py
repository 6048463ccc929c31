"""The standard replies: there from the first day, changed by people, never lost."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select

from content import replies
from content.history import Actor, History
from content.replies import LONGEST, Reply, ReplyKind
from content.store import Store
from tests.clock import Clock


async def texts(store: Store, kind: ReplyKind) -> list[str]:
    async with store.reading() as session:
        return [one.text for one in await replies.active(session, kind)]


@pytest.mark.parametrize("kind", ReplyKind)
async def test_a_new_newsroom_has_some(store: Store, kind: ReplyKind) -> None:
    assert len(await texts(store, kind)) == 3


async def test_they_are_added_reworded_moved_and_retired(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    how: dict[str, Any] = {"by": Actor("moderator", cast.bruno.id), "now": clock()}
    async with store.transaction() as session:
        first, second, third = await replies.active(session, ReplyKind.DECLINE)
        fresh = await replies.add(session, ReplyKind.DECLINE, "  È già\nscaduta. ", **how)
        await replies.reword(session, second, "Ne abbiamo già scritto.", **how)
        await replies.place(session, fresh, 1, **how)
        await replies.use(session, third, active=False, **how)

    assert await texts(store, ReplyKind.DECLINE) == [
        "È già scaduta.", first.text, "Ne abbiamo già scritto.",
    ]  # fmt: skip
    async with store.reading() as session:
        assert (await session.get_one(Reply, third.id)).text
        query = select(History.verb).where(History.noun == "reply").order_by(col(History.id))
        assert (await session.exec(query)).all() == ["added", "reworded", "placed", "retired"]


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST + 1)])
async def test_a_reply_says_something_that_fits(
    store: Store, cast: SimpleNamespace, clock: Clock, text: str
) -> None:
    by = Actor("moderator", cast.bruno.id)
    with pytest.raises(ValueError, match="1 to 300"):
        async with store.transaction() as session:
            await replies.add(session, ReplyKind.CHANGES, text, by=by, now=clock())


async def test_a_button_finds_only_a_reply_of_its_kind_in_use(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        reply, retired, _ = await replies.active(session, ReplyKind.DECLINE)
        await replies.use(session, retired, active=False, by=by, now=clock())

        assert await replies.find(session, str(reply.id), ReplyKind.DECLINE) == reply
        for number, kind in (
            (str(reply.id), ReplyKind.CHANGES),
            (str(retired.id), ReplyKind.DECLINE),
            ("999", ReplyKind.DECLINE),
            ("write", ReplyKind.DECLINE),
        ):
            assert await replies.find(session, number, kind) is None
