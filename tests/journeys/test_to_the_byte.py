"""What is previewed is what is frozen is what each channel receives: 200 made-up articles."""

import asyncio
import html
import random
import re
import string
from collections.abc import Mapping

import httpx
from sqlmodel import col, func, select

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from content import editing, people, review
from content.articles import Article
from content.deliveries import Operation
from content.history import Actor
from content.posts import FrozenPost, Post
from content.workflow import OperationState
from tests.bottega.web.console.conftest import Browser
from tests.journeys.test_crowd import arrive

ARTICLES = 200
SEED = 20_261_128
SAID = (
    "perché città però virtù l’ente «così» naïve Übersee façade Łódź "
    "日本語 한국어 العربية עברית 👩‍👩‍👧‍👦 🇮🇹 👍🏽 e\u0301 ﬁne "
    "<b>grassetto</b> &amp; & \"virgolette\" 'apici' **forte** _piano_ `codice` # titolo "
    "https://example.it/a?b=1&c=2 www.comune.example.it @sindaca #rubrica 50% 12.345,67€ "
    "<script>alert(1)</script> [link](https://example.it) ![img](x) | --- \\ {{7*7}} %s "
)
"""What people write, and what they should not."""
WORDS = SAID.split()


def sentence(chance: random.Random, most: int) -> str:
    words = [
        chance.choice(WORDS)
        if chance.random() < 0.4
        else "".join(chance.choices(string.ascii_letters + "àèìòù", k=chance.randint(1, 12)))
        for _ in range(chance.randint(3, most))
    ]
    return " ".join(words)


def content(chance: random.Random) -> dict[str, object]:
    """Make up an article, of any shape that an editor may save."""
    made: dict[str, object] = {
        "title": sentence(chance, 12)[:120],
        "lead": sentence(chance, 30),
        "text": "\n\n".join(sentence(chance, 60) for _ in range(chance.randint(1, 5))),
        "sdgs": sorted(chance.sample(range(1, 18), chance.randint(0, 4))),
        "link": chance.choice([None, "https://comune.example.it/pagina?x=1&y=è"]),
    }
    if chance.random() < 0.5:
        made["texts"] = {"facebook": sentence(chance, 40), "x": sentence(chance, 12)[:180]}
    return made


async def test_preview_frozen_post_and_what_each_channel_received_are_equal(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same each time
    await arrive(newsroom, cast, ARTICLES)
    async with newsroom.store.transaction() as session:
        gaia = await people.moderator(session, cast.gaia.id)
        assert gaia is not None
        by = Actor("moderator", gaia.id)
        query = select(Article).order_by(col(Article.id))
        for article in (await session.exec(query)).all():
            await editing.edit(session, article, content(chance), by=by, now=newsroom.clock())

    previews: dict[int, Mapping[str, Post]] = {}
    async with Browser(newsroom.desk, address=newsroom.desk.address) as gaias:
        await gaias.enter(newsroom.desk, gaia)
        async with newsroom.store.reading() as session:
            found = (await session.exec(select(Article).order_by(col(Article.id)))).all()
        for article in found:
            previews[article.id] = await previewed_and_approved(newsroom, gaias, article)
    await out(newsroom)

    async with newsroom.store.reading() as session:
        frozen = (await session.exec(select(FrozenPost))).all()
        operations = (await session.exec(select(Operation))).all()
    assert len(frozen) == 3 * ARTICLES
    for one in frozen:
        assert one.body == previews[one.article_id][one.channel].canonical()
    bodies = {one.id: one.post() for one in frozen}
    facebook = {one.id: one for one in sandbox.facebook.posts}
    tweets = {one.id: one for one in sandbox.x.posts}
    assert (len(facebook), len(tweets)) == (ARTICLES, ARTICLES)
    for operation in operations:
        post = bodies[operation.post_id]
        if operation.channel == "facebook":
            received = facebook[operation.remote_id or ""]
            assert (received.message.encode(), received.link) == (post.text.encode(), post.link)
        elif operation.channel == "x":
            assert tweets[operation.remote_id or ""].text.encode() == post.text.encode()
        else:
            assert post.html in await page_at(operation.permalink or "")


async def previewed_and_approved(
    newsroom: Runtime, browser: Browser, article: Article
) -> Mapping[str, Post]:
    """Look at a case's page, and approve what it shows; return the posts it was made of."""
    case = article.submission_id
    async with newsroom.store.reading() as session:
        posts = await newsroom.desk.render(session, article)
    shown = await browser.get(f"/redazione/scheda/{case}")
    told = [
        html.unescape(one)
        for one in re.findall(r'<div class="told">(.*?)</div>', shown.text, re.DOTALL)
    ]
    for post in posts:
        if post.html:
            framed = await browser.get(f"/redazione/scheda/{case}/anteprima/")
            assert post.html in framed.text
        else:
            assert post.text in told
    answer = await browser.press(
        f"/scheda/{case}/approva",
        version=str(article.version), seen=review.view_hash(posts), quando="ora",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return {post.channel: post for post in posts}


async def out(newsroom: Runtime) -> None:
    """Wait until everything is out."""
    left = select(func.count(col(Operation.id))).where(Operation.state != OperationState.DONE)
    async with asyncio.timeout(300):
        while True:
            async with newsroom.store.reading() as session:
                if not (await session.exec(left)).one():
                    return
            await asyncio.sleep(0.2)


async def page_at(address: str) -> str:
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
    assert answer.status_code == 200
    return answer.text
