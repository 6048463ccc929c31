"""What moderators ask their group about the days, and what others may not."""

from bot import morning
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.settings import Settings
from tests.clock import Clock
from tests.journeys.conftest import staff
from tests.journeys.people import APPROVE, Message, Phone, buttons
from tests.journeys.test_desk import told

COMMANDS = ("/oggi", "/calendario", "/statistiche")


async def test_the_days_and_the_numbers_are_told_to_moderators(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    bruno.write("/oggi")
    await bruno.sees("📅 Oggi", "non esce niente")
    card = await told(ada, bruno)
    await bruno.approves(card, APPROVE)
    await ada.sees("ha approvato", "Uscirà")

    bruno.write("/calendario")
    week = await bruno.sees("🗓 Dal", "in programma", "Facebook", "🟢 liberi")
    bruno.write("/statistiche")
    await bruno.sees("In attesa: 0.", "Arrivate: 1.", "Decise: 1 (1 approvata)")

    assert buttons(week) == ["Settimana dopo ›"]


async def test_a_calendar_is_leafed_through_week_by_week(newsroom: Runtime, bruno: Phone) -> None:
    bruno.write("/calendario")
    first = await bruno.sees("🗓 Dal")
    number = first["message_id"]

    async def leafed(button: str) -> Message:
        shown = bruno.chat.get(number)
        assert shown is not None
        await bruno.presses(button, shown)

        def look() -> Message | None:
            now = bruno.chat.get(number)
            return now if now and now["text"] != shown["text"] else None

        return await bruno.until(look)

    second = await leafed("Settimana dopo ›")
    assert buttons(second) == ["‹ Settimana prima", "Settimana dopo ›"]
    for _ in range(7):
        last = await leafed("Settimana dopo ›")
    assert buttons(last) == ["‹ Settimana prima"]
    for _ in range(8):
        back = await leafed("‹ Settimana prima")
    assert back["text"] == first["text"]


async def test_a_stranger_in_the_group_is_told_nothing_and_elsewhere_nobody_is_answered(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, carla: Phone, bruno: Phone
) -> None:
    bruno.write("/calendario")
    week = await bruno.sees("🗓 Dal")
    answer = await carla.presses("Settimana dopo ›", week)
    assert answer.alert
    last = week["message_id"]
    for command in COMMANDS:
        carla.write(command)
        last = (await carla.sees("Solo chi è in redazione", after=last))["message_id"]

    elsewhere = sandbox.telegram.group(-1009, "Altrove", cast.carla, cast.bruno)
    for command in COMMANDS:
        Phone(sandbox, cast.bruno, elsewhere).write(command)
    bruno.write("/oggi")
    await bruno.sees("📅 Oggi", after=last)
    assert [one for one in elsewhere.messages if one["from"]["is_bot"]] == []


async def test_the_commands_are_in_the_groups_menu(newsroom: Runtime, bruno: Phone) -> None:
    def listed() -> bool:
        shown = {one["command"] for one in bruno.sandbox.telegram.profile.every_command()}
        return {command.removeprefix("/") for command in COMMANDS} <= shown

    assert await bruno.until(lambda: listed() or None)


async def test_what_waits_too_long_is_brought_back_by_its_button(
    settings: Settings, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    clock = Clock()
    runtime = Runtime(settings, clock)
    async with runtime.running():
        await runtime.invitation()
        await staff(runtime, cast)
        card = await told(ada, bruno)
        clock.forward(days=2)

        await morning.remind_of_waiting(runtime.newsroom)
        reminder = await bruno.sees("Aspettano una decisione", "(da 2 giorni)")
        await bruno.presses(buttons(reminder)[0], reminder)

        again = await bruno.sees("26-0001", "Obiettivi", after=reminder["message_id"])
        assert APPROVE in buttons(again)
        assert not buttons(bruno.chat.get(card["message_id"]) or {})
