"""The 25 real texts of ../shared, each by a person who never wrote before, to three channels."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.scheda import LONGEST_EXCERPT
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.settings import Settings
from content.cleaning import readable
from content.posts import Section
from tests import nu, shared, tweets
from tests.journeys.people import Message, Phone

TELEGRAM_CUTS_AT = 4096
SECTIONS = {section.value for section in Section}


@dataclass
class Told:
    """What became of one text."""

    comune: str
    title: str
    asked: bool
    organisation: str
    outcome: str


@pytest.fixture(autouse=True)
def _needs_samples() -> None:
    shared.samples()


def whole_scheda(phone: Phone, text: str) -> Message | None:
    """Return the scheda once it holds the whole text: Telegram cuts one above 4,096 in two."""
    for message in reversed(phone.chat.messages):
        if "La tua segnalazione" in message.get("text", ""):
            counted = re.search(r"\[(\d+) caratteri", message["text"])
            read = int(counted[1]) if counted else LONGEST_EXCERPT
            if read >= min(len(readable(text).strip()), LONGEST_EXCERPT) and (
                len(text) <= TELEGRAM_CUTS_AT or read > TELEGRAM_CUTS_AT
            ):
                return message
    return None


def articles_of(site: Path) -> list[Path]:
    """Return the pages of single articles."""
    return sorted(page for page in site.glob("*/*-*/index.html") if page.parts[-3] in SECTIONS)


async def tell(phone: Phone, bruno: Phone, sample: dict[str, str]) -> Told:
    """Take one text from the first message to the links."""
    await phone.joins()
    phone.write(sample["text"])
    scheda = await phone.until(lambda: whole_scheda(phone, sample["text"]))
    asked = "Di quale ente" in scheda["text"]
    assert asked == (sample["comune"] not in sample["text"])
    if asked:
        phone.write(f"Comune di {sample['comune']}")
        scheda = await phone.sees("C’è tutto", after=scheda["message_id"])
    receipt = await phone.submits(scheda)
    card = await bruno.sees(receipt, "Obiettivi")
    answer = await bruno.approves(card)
    assert not answer.alert, answer.text
    links = await phone.sees("è uscita")
    organisation = scheda["text"].split("Ente: ")[1].split("\n")[0]
    return Told(sample["comune"], sample["title"], asked, organisation, links["text"])


async def test_every_text_is_out_once_everywhere_and_its_author_has_the_links(
    newsroom: Runtime, settings: Settings, sandbox: Sandbox, cast: Cast, bruno: Phone
) -> None:
    samples = shared.samples()
    phones = [
        Phone(sandbox, sandbox.telegram.person(900_000 + n, f"Autrice{n}", "Prova"))
        for n in range(len(samples))
    ]

    told = await asyncio.gather(
        *(tell(phone, bruno, sample) for phone, sample in zip(phones, samples, strict=True))
    )

    pages = articles_of(settings.data_dir / "site")
    facebook = [post.message for post in sandbox.facebook.posts]
    x = [post.text for post in sandbox.x.posts]
    permalinks = {
        f"https://www.facebook.com/{post.id.replace('_', '/posts/')}"
        for post in sandbox.facebook.posts
    }
    for one in told:
        assert one.comune in one.organisation
        links = [word for word in one.outcome.split() if word.startswith("http")]
        assert len(links) == 3, one
        page, on_facebook, on_x = links
        assert sum(page in message for message in facebook) == 1
        assert sum(page in text for text in x) == 1
        assert on_facebook in permalinks
        assert on_x.rsplit("/", 1)[1] in {post.id for post in sandbox.x.posts}
    assert len(facebook) == len(x) == len(pages) == len(samples)
    for (weight, valid), text in zip(tweets.official(x), x, strict=True):
        assert valid, text
        assert weight <= 280
    assert nu.complaints(pages) == []
    assert cast.group.messages
