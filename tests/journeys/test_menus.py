"""The newsroom as a Mini App: its button is in the chats of its members, and nowhere else."""

from typing import Any

import pytest

from bot.menus import Menus
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.settings import Settings
from content import people, roster
from content.people import Role
from tests.journeys.conftest import staff

HERE = "https://redazione.example"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": HERE})


def shown(sandbox: Sandbox, person: int) -> dict[str, Any]:
    return sandbox.telegram.profile.menu(person)


async def looked(runtime: Runtime) -> None:
    assert runtime.talk is not None
    await Menus(runtime.newsroom, runtime.talk.application.bot).look()


async def test_members_have_the_button_and_lose_it_with_their_place(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast
) -> None:
    await looked(newsroom)
    for member in (cast.bruno.id, cast.gaia.id):
        assert shown(sandbox, member) == {
            "type": "web_app", "text": "Redazione", "web_app": {"url": f"{HERE}/redazione/entra"},
        }  # fmt: skip
    for other in (cast.ada.id, cast.carla.id):
        assert shown(sandbox, other) == {"type": "default"}

    async with newsroom.store.transaction() as session:
        bruno = await people.moderator(session, cast.bruno.id)
        gaia = await people.moderator(session, cast.gaia.id)
        assert bruno is not None
        assert gaia is not None
        await roster.dismiss(session, gaia, "finita la stagione", by=bruno, now=newsroom.clock())
    await looked(newsroom)

    assert shown(sandbox, cast.gaia.id) == {"type": "default"}
    assert shown(sandbox, cast.bruno.id)["type"] == "web_app"


async def test_who_never_wrote_to_the_bot_has_it_once_they_do(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast
) -> None:
    async with newsroom.store.transaction() as session:
        now = newsroom.clock()
        await people.appoint(session, cast.elsa.id, "Elsa Ferri", Role.MODERATOR, now=now)
    await looked(newsroom)
    assert shown(sandbox, cast.elsa.id) == {"type": "default"}

    cast.elsa.write("/start")
    await looked(newsroom)

    assert shown(sandbox, cast.elsa.id)["type"] == "web_app"


async def test_nothing_is_set_twice_and_another_address_takes_its_place(
    settings: Settings, sandbox: Sandbox, cast: Cast
) -> None:
    def set_so_far() -> int:
        return sum(one.path == "setChatMenuButton" for one in sandbox.board.exchanges)

    counts = []
    for address in (HERE, HERE, "https://altrove.example", None):
        runtime = Runtime(settings.model_copy(update={"public_url": address}))
        async with runtime.running():
            await runtime.invitation()
            await staff(runtime, cast)
            await looked(runtime)
        counts.append(set_so_far())
        url = shown(sandbox, cast.bruno.id).get("web_app", {}).get("url")
        assert url == (f"{address}/redazione/entra" if address else None)

    assert counts[1] == counts[0]
    assert shown(sandbox, cast.gaia.id) == {"type": "default"}
