"""A text that gives orders, and a model that obeys them: neither changes a state or adds a link."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.settings import Settings
from content.articles import Article
from content.submissions import Submission
from content.workflow import ArticleState, SubmissionState
from tests.content.outside.test_model import ORDERS, WORST
from tests.journeys.conftest import staff
from tests.journeys.people import SEND, Phone, receipt_in
from tests.journeys.test_participant import STORY

SEND_ANYWAY = "📨 Invia lo stesso"
LINK = re.compile(r"https?://[^\s)\"]+")


@pytest.fixture
def settings(settings: Settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The newsroom's settings, with a model."""
    model = sandbox.model_keys()
    monkeypatch.setenv("OPENAI_API_KEY", model["api_key"])
    monkeypatch.setenv("OPENAI_BASE_URL", model["base_url"])
    monkeypatch.setenv("OPENAI_MODEL", model["model"])
    return Settings()


@pytest.fixture
async def newsroom(settings: Settings, cast: Cast) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    async with runtime.running():
        await runtime.invitation()
        await staff(runtime, cast)
        yield runtime


async def test_orders_in_a_text_change_neither_state_nor_links(
    newsroom: Runtime, sandbox: Sandbox, bruno: Phone
) -> None:
    for worst in WORST.values():
        sandbox.model.answers.append(worst if isinstance(worst, str) else json.dumps(worst))
    phones = [
        Phone(sandbox, sandbox.telegram.person(800_000 + n, f"Autore{n}"))
        for n in range(len(ORDERS))
    ]

    async def tell(phone: Phone, order: str) -> str:
        await phone.joins()
        phone.write(f"{STORY}\n\n{order}")
        scheda = await phone.sees("C’è tutto")
        await phone.presses(SEND, scheda)
        said = await phone.sees("segnalazione", after=scheda["message_id"])
        if "Sembra simile" in said["text"]:  # they all tell the same
            await phone.presses(SEND_ANYWAY, said)
        receipt = receipt_in(await phone.sees("Ricevuta"))
        card = await bruno.sees(f"{receipt} ·", "Obiettivi")
        assert "⚠️" in card["text"], "the moderators are told that the model failed"
        return receipt

    receipts = await asyncio.gather(*(map(tell, phones, ORDERS)))

    async with newsroom.store.reading() as session:
        submissions = (await session.exec(select(Submission))).all()
        articles = (await session.exec(select(Article))).all()
    assert {one.state for one in submissions} == {SubmissionState.SUBMITTED}
    assert {one.state for one in articles} == {ArticleState.DRAFT}
    assert not sandbox.facebook.posts
    assert not sandbox.x.posts

    card = await bruno.sees(f"{receipts[0]} ·", "Obiettivi")
    await bruno.approves(card)
    await phones[0].sees("è uscita")
    site = newsroom.newsroom.site_url
    for said in (sandbox.facebook.posts[0].message, sandbox.x.posts[0].text):
        assert all(link.startswith(site) for link in LINK.findall(said))
