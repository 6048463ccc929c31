"""What moderators do to the calendar from their group, and what the channels see of it."""

import asyncio

from sqlmodel import select

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from content.channels import Channel
from content.deliveries import Operation
from content.silence import Blackout
from content.workflow import OperationState
from tests.journeys.people import APPROVE, Message, Phone, buttons
from tests.journeys.test_desk import told


async def operations(newsroom: Runtime) -> dict[str, Operation]:
    async with newsroom.store.reading() as session:
        return {one.channel: one for one in (await session.exec(select(Operation))).all()}


async def card_with(bruno: Phone, card: Message, *wanted: str, without: str = "\n\n\n") -> Message:
    """Wait until a card's text has all these words, and lacks one."""

    def look() -> Message | None:
        shown = bruno.chat.get(card["message_id"])
        text = shown["text"] if shown else ""
        return shown if all(one in text for one in wanted) and without not in text else None

    return await bruno.until(look)


async def test_a_paused_channel_waits_and_goes_on_when_it_is_resumed(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    card = await told(ada, bruno)
    bruno.write("/pausa fb password cambiata")
    paused = await bruno.sees("Facebook è in pausa", "password cambiata")
    bruno.write("/pausa facebook di nuovo")
    await bruno.sees("Facebook è già in pausa")

    await bruno.approves(card)
    await bruno.until(lambda: sandbox.x.posts or None)
    await asyncio.sleep(1)
    assert sandbox.facebook.posts == []

    bruno.write("/riprendi Facebook")
    await bruno.sees("Facebook ha ripreso", after=paused["message_id"])
    await ada.sees("è uscita")
    assert len(sandbox.facebook.posts) == 1

    bruno.write("/riprendi facebook")
    await bruno.sees("Facebook non è in pausa")


async def test_during_a_blackout_nothing_goes_out_now_and_after_it_it_does(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    card = await told(ada, bruno)
    bruno.write("/blackout ora domani 23:00 silenzio elettorale")
    declared = await bruno.sees("Blackout da", "silenzio elettorale", "Nessuna uscita")

    refused = await bruno.approves(card)
    assert refused.alert
    assert "blackout (silenzio elettorale)" in refused.text
    assert await operations(newsroom) == {}

    bruno.write("/blackout")
    await bruno.sees("🔇", "silenzio elettorale", "/blackout fine", after=declared["message_id"])
    bruno.write("/blackout fine")
    await bruno.sees("Blackout chiuso: silenzio elettorale")
    bruno.write("/blackout fine")
    await bruno.sees("Non c’è nessun blackout")

    await bruno.approves(card)
    await ada.sees("è uscita")
    assert len(sandbox.facebook.posts) == len(sandbox.x.posts) == 1


async def test_what_is_unclear_is_answered_with_how_to_say_it(
    newsroom: Runtime, bruno: Phone
) -> None:
    for said, answer in (
        ("/blackout lutto", "per esempio"),
        ("/blackout 1/1/2020 2/1/2020 lutto", "già passato"),
        ("/pausa", "Quale canale? Scegli tra"),
        ("/pausa x", "Manca il motivo"),
        ("/riprendi tutto", "Quale canale?"),
    ):
        bruno.write(said)
        await bruno.sees(answer)


async def test_only_moderators_command_time(
    newsroom: Runtime, sandbox: Sandbox, carla: Phone
) -> None:
    for n, said in enumerate(("/pausa x motivo", "/riprendi x", "/blackout oggi domani lutto")):
        last = max((one["message_id"] for one in carla.chat.messages), default=0) if n else 0
        carla.write(said)
        await carla.sees("Solo chi è in redazione", after=last)

    async with newsroom.store.reading() as session:
        assert (await session.exec(select(Blackout))).all() == []
        assert all(one.paused_at is None for one in (await session.exec(select(Channel))).all())


async def test_the_card_moves_holds_lets_go_and_cancels_what_is_planned(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    card = await told(ada, bruno)
    await bruno.approves(card, APPROVE)
    card = await card_with(bruno, card, "Approvata da Bruno", "⏭ sposta")
    assert {"⏭ Facebook", "⏭ X", "✋ Rubrica", "🗑 X"} <= set(buttons(card))
    assert "⏭ Rubrica" not in buttons(card)
    planned = await operations(newsroom)

    answer = await bruno.presses("⏭ Facebook", card)
    assert "Facebook: spostato a" in answer.text
    moved = await operations(newsroom)
    assert moved["facebook"].due_at > planned["facebook"].due_at
    assert moved["x"].due_at == planned["x"].due_at

    await bruno.presses("✋ X", card)
    card = await card_with(bruno, card, "✋ trattenuto da Bruno Galli")
    assert "▶️ X" in buttons(card)
    await bruno.presses("▶️ X", card)
    card = await card_with(bruno, card, without="trattenuto da Bruno")
    assert (await operations(newsroom))["x"].hold_reason is None

    await bruno.presses("🗑 X", card)
    card = await card_with(bruno, card, "X: annullato")
    states = {name: one.state for name, one in (await operations(newsroom)).items()}
    assert states == {
        "rubrica": OperationState.SCHEDULED,
        "facebook": OperationState.SCHEDULED,
        "x": OperationState.CANCELLED,
    }
    following = await operations(newsroom)
    assert following["rubrica"].due_at == following["facebook"].due_at
