"""Risposte: the standard replies, changed in the browser and offered at once."""

from http import HTTPStatus

import pytest

from bottega.web.console import Desk
from content import replies
from content.replies import Reply, ReplyKind
from tests.bottega.web.console.conftest import Browser
from tests.payloads import HOSTILE, is_harmless


async def used(desk: Desk) -> list[Reply]:
    async with desk.store.reading() as session:
        return list(await replies.active(session, ReplyKind.DECLINE))


async def test_a_reply_is_added_reworded_and_moved(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/risposte", tipo="decline", testo="Una.")
    await bruno.press("/risposte", tipo="decline", testo="Due.")
    last = (await used(desk))[-1]
    assert last.text == "Due."

    await bruno.press(f"/risposte/{last.id}", fai="riscrivi", testo="Due, meglio.")
    await bruno.press(f"/risposte/{last.id}", fai="su")

    told = [one.text for one in await used(desk)]
    assert told[-2:] == ["Due, meglio.", "Una."]


async def test_a_reply_that_is_retired_can_be_taken_up_again(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/risposte", tipo="decline", testo="Passeggera.")
    last = (await used(desk))[-1]
    await bruno.press(f"/risposte/{last.id}", fai="togli")
    assert "Passeggera." not in [one.text for one in await used(desk)]
    assert "Passeggera." in (await bruno.get("/redazione/risposte")).text
    await bruno.press(f"/risposte/{last.id}", fai="riprendi")
    assert "Passeggera." in [one.text for one in await used(desk)]


@pytest.mark.parametrize("text", ["", "x" * 301])
async def test_a_blank_or_endless_reply_is_refused(bruno: Browser, desk: Desk, text: str) -> None:
    before = len(await used(desk))
    answer = await bruno.press("/risposte", tipo="decline", testo=text)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert len(await used(desk)) == before


@pytest.mark.parametrize("payload", HOSTILE)
async def test_replies_are_shown_as_they_were_written(bruno: Browser, payload: str) -> None:
    await bruno.press("/risposte", tipo="changes", testo=payload)
    assert is_harmless((await bruno.get("/redazione/risposte")).text, payload)
