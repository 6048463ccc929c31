"""A moderators' group that is a forum: each thing in its topic, made once."""

import pytest
from sqlmodel import select

from bot.topics import Thread
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Chat, Sandbox
from bottega.settings import Settings
from content import people
from content.history import NEWSROOM
from tests.clock import Clock
from tests.journeys.conftest import staff
from tests.journeys.people import APPROVE, Message, Phone
from tests.journeys.test_desk import told

TOPICS = ["Da valutare", "In programma", "Problemi"]


@pytest.fixture
def forum(cast: Cast) -> Chat:
    """The moderators' group, which has topics."""
    cast.group.names["is_forum"] = True
    return cast.group


def topic_of(chat: Chat, message: Message) -> str | None:
    return chat.topics.get(message.get("message_thread_id", 0))


async def test_each_thing_is_said_in_its_topic_and_answers_where_they_were_asked(
    forum: Chat, newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    card = await told(ada, bruno)
    assert topic_of(forum, card) == "Da valutare"
    pictures = next(one for one in forum.messages if "photo" in one)
    assert topic_of(forum, pictures) == "Da valutare"

    await bruno.presses("👁 X", card)
    assert topic_of(forum, await bruno.sees("👁 X\n")) == "Da valutare"
    number = next(n for n, name in forum.topics.items() if name == "In programma")
    bruno.person.write("/oggi", to=forum, topic=number)
    assert topic_of(forum, await bruno.sees("📅 Oggi")) == "In programma"
    bruno.write("/pausa x prova")
    assert topic_of(forum, await bruno.sees("X è in pausa")) == "Problemi"
    bruno.write("/oggi")
    last = forum.messages[-1]["message_id"] - 1  # the command itself is the newest
    outside = await bruno.sees("📅 Oggi", after=last)
    assert "message_thread_id" not in outside

    await bruno.approves(card, APPROVE)
    await ada.sees("ha approvato")
    assert list(forum.topics.values()) == TOPICS


async def test_topics_are_made_once_whatever_starts_again(
    forum: Chat, settings: Settings, cast: Cast, bruno: Phone
) -> None:
    for _ in range(2):
        runtime = Runtime(settings)
        async with runtime.running():
            await runtime.invitation()
            await staff(runtime, cast)
            last = max((one["message_id"] for one in forum.messages), default=0)
            bruno.write("/pausa x prova")
            await bruno.sees("X è", after=last)
            bruno.write("/riprendi x")
            await bruno.sees("X ha ripreso", after=last)
            async with runtime.store.reading() as session:
                threads = (await session.exec(select(Thread))).all()
    assert list(forum.topics.values()) == TOPICS
    assert {one.thread_id for one in threads} == set(forum.topics)


async def test_without_the_right_all_is_said_together_and_why_is_said_once(
    forum: Chat, settings: Settings, cast: Cast, bruno: Phone
) -> None:
    forum.makes_topics = False
    clock = Clock()
    runtime = Runtime(settings, clock)
    async with runtime.running():
        await runtime.invitation()
        await staff(runtime, cast)
        for _ in range(3):
            last = max((one["message_id"] for one in forum.messages), default=0)
            bruno.write("/pausa x prova")
            said = await bruno.sees("X è in pausa", after=last)
            assert "message_thread_id" not in said
            bruno.write("/riprendi x")
            await bruno.sees("X ha ripreso", after=last)
            clock.forward(minutes=10)
        why = [one for one in forum.messages if "permesso di gestire" in one.get("text", "")]
        assert len(why) == 1
        assert forum.topics == {}

        forum.makes_topics = True
        last = forum.messages[-1]["message_id"]
        bruno.write("/pausa x prova")
        said = await bruno.sees("X è in pausa", after=last)
        assert topic_of(forum, said) == "Problemi"


async def test_a_topic_that_people_deleted_is_made_anew_and_nothing_is_lost(
    forum: Chat, newsroom: Runtime, bruno: Phone
) -> None:
    bruno.write("/pausa x prova")
    said = await bruno.sees("X è in pausa")
    del forum.topics[said["message_thread_id"]]

    bruno.write("/riprendi x")
    astray = await bruno.sees("X ha ripreso")
    bruno.write("/pausa x di nuovo")
    again = await bruno.sees("X è in pausa", after=astray["message_id"])

    assert "message_thread_id" not in astray
    assert topic_of(forum, again) == "Problemi"
    assert len(forum.topics) == 3


async def test_a_group_without_topics_is_asked_for_none(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, bruno: Phone
) -> None:
    bruno.write("/pausa x prova")
    said = await bruno.sees("X è in pausa")

    assert "message_thread_id" not in said
    paths = {one.path for one in sandbox.board.exchanges}
    assert "createForumTopic" not in paths


async def test_another_group_that_becomes_the_desk_has_topics_of_its_own(
    forum: Chat, newsroom: Runtime, sandbox: Sandbox, cast: Cast, bruno: Phone
) -> None:
    bruno.write("/pausa x prova")
    await bruno.sees("X è in pausa")
    other = sandbox.telegram.group(-1_009, "Altra", cast.bruno, cast.gaia, forum=True)
    async with newsroom.store.transaction() as session:
        now = newsroom.clock()
        await people.tie_desk(session, other.id, "Altra", by=NEWSROOM, now=now)

    elsewhere = Phone(sandbox, cast.bruno, other)
    elsewhere.write("/riprendi x")

    assert topic_of(other, await elsewhere.sees("X ha ripreso")) == "Problemi"
    assert list(other.topics.values()) == TOPICS
