"""A piece goes to every channel that there is, in a newsroom that has all their keys."""

import pytest
from httpx import AsyncClient
from sqlmodel import select

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox, Trouble
from content import bodies
from content.history import NEWSROOM
from content.posts import FrozenPost
from publishers import PUBLISHERS, Rubrica
from tests import files
from tests.journeys import conftest
from tests.journeys.people import Phone
from tests.journeys.test_desk import told
from tests.journeys.test_participant import STORY

NETWORKS = tuple(one.channel for one in PUBLISHERS if one is not Rubrica)
ACCOUNTS = {
    "facebook": "comune.tirano", "x": "ComuneTirano", "mastodon": "tirano@mastodon.uno",
    "telegram_channel": "ComuneDiTirano",
}  # fmt: skip
SHORT = (
    "Il Comune di Tirano apre lo sportello digitale.\n\n"
    "Da lunedì, in biblioteca, aiuta chi non usa lo SPID."
)
"""So short that the mention fits beside an address of this computer, which X counts in full."""
MENTIONED = {"x": "(@ComuneTirano)", "mastodon": "(@tirano@mastodon.uno)",
             "telegram_channel": "(@ComuneDiTirano)"}  # fmt: skip


@pytest.fixture(autouse=True)
def _all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "NETWORKS", NETWORKS)


async def test_what_was_approved_is_out_once_on_each_and_its_author_has_every_link(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    assert list(newsroom.publishers) == [one.channel for one in PUBLISHERS]
    await bruno.approves(await told(ada, bruno))

    links = (await ada.sees("è uscita"))["text"]

    assert links.count("http") == len(PUBLISHERS)
    async with newsroom.store.reading() as session:
        frozen = {one.channel: one.post() for one in (await session.exec(select(FrozenPost))).all()}
    for name in NETWORKS:
        (shown,) = sandbox.outlets[name].shown()
        post = frozen[name]
        assert post.title in shown.text if post.html else shown.text == post.text
        assert len(shown.photos) == 1
        assert shown.permalink in links


class TestLinksThatSayWhereTheyStood:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "RUBRICA_UTM": "true"}

    async def test_each_channel_has_its_own_and_all_lead_to_the_page(
        self, newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
    ) -> None:
        await bruno.approves(await told(ada, bruno))
        await ada.sees("è uscita")

        async with newsroom.store.reading() as session:
            query = select(FrozenPost)
            frozen = {one.channel: one.post() for one in (await session.exec(query)).all()}
        page = str(frozen[Rubrica.channel].facts["url"])
        for name in NETWORKS:
            (shown,) = sandbox.outlets[name].shown()
            link = frozen[name].link or ""
            assert link == f"{page}?utm_source={name}&utm_medium=social"
            if not frozen[name].html:
                assert shown.text == frozen[name].text
        async with AsyncClient() as reader:
            plain, sourced = await reader.get(page), await reader.get(link)
        assert (plain.status_code, sourced.status_code) == (200, 200)
        assert plain.content == sourced.content
        assert plain.headers["etag"] == sourced.headers["etag"]
        assert f'<link rel="canonical" href="{page}">' in sourced.text


async def test_a_doubt_about_a_channel_that_nobody_can_read_is_put_to_the_moderators(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    card = await told(ada, bruno)
    sandbox.board.troubles.append(Trouble("lost", "telegram_channel", "sendPhoto"))
    await bruno.approves(card)

    asked = await bruno.sees("Canale Telegram", "Non riesco a sapere se è uscito")
    await bruno.presses("✅ È uscito", asked)

    await ada.sees("è uscita")
    assert len(sandbox.outlets["telegram_channel"].texts()) == 1


async def test_who_answers_a_doubt_with_the_post_s_link_can_have_it_taken_down(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    card = await told(ada, bruno)
    sandbox.board.troubles.append(Trouble("lost", "telegram_channel", "sendPhoto"))
    await bruno.approves(card)
    asked = await bruno.sees("Canale Telegram", "rispondere a questo messaggio con il link")
    (shown,) = sandbox.outlets["telegram_channel"].shown()

    for answer in ("Lo guardo io", "Eccolo: javascript://x"):
        bruno.person.write(answer, bruno.chat, reply_to=asked)
    await bruno.sees("Il link deve cominciare con https://")
    bruno.person.write(f"Eccolo: {shown.permalink}", bruno.chat, reply_to=asked)

    await bruno.sees("Segnato come uscito, con il suo link")
    assert shown.permalink in (await ada.sees("è uscita"))["text"]
    receipt = card["text"].split("26-")[1][:4]
    await bruno.presses("🗑 Ritira da tutti i canali", await bruno.sees(receipt, "Obiettivi"))
    await bruno.presses("🗑 Sì, ritira", await bruno.sees("Ritirare la segnalazione"))
    await ada.sees("ha tolto dai canali")
    assert sandbox.outlets["telegram_channel"].texts() == []


async def test_a_film_that_every_channel_takes_is_out_once_on_each_with_its_captions(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    await ada.joins()
    ada.person.send_video(files.film(3, (540, 960)), STORY)
    scheda = await ada.sees("C’è tutto", "Video: 1 (0:03)")
    ada.person.send_document(files.captions("Buongiorno a tutti"), "sottotitoli.vtt")
    scheda = await ada.sees("sottotitolato", after=scheda["message_id"])
    receipt = await ada.submits(scheda)
    card = await bruno.sees(receipt, "Obiettivi")
    await bruno.presses("👁 Facebook", card)
    await bruno.sees("Su Facebook esce con il filmato")
    await bruno.approves(card)

    links = (await ada.sees("è uscita"))["text"]

    for name in NETWORKS:
        (shown,) = sandbox.outlets[name].shown()
        assert len(shown.films) == 1
        assert ("Buongiorno a tutti" in shown.films[0].alt) is sandbox.outlets[name].takes_captions
        assert shown.permalink in links


@pytest.mark.parametrize("lost", [False, True])
async def test_a_body_with_accounts_is_mentioned_where_the_network_can_and_found_again(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, *, lost: bool
) -> None:
    name, now = "Comune di Tirano", newsroom.clock()
    async with newsroom.store.transaction() as session:
        await bodies.set_accounts(session, name, ACCOUNTS, by=NEWSROOM, now=now)
    if lost:
        sandbox.board.troubles.append(Trouble("lost", "x", "tweets.create"))

    await ada.joins()
    ada.write(SHORT)
    receipt = await ada.submits(await ada.sees("C’è tutto"))

    await bruno.approves(await bruno.sees(receipt, "Obiettivi"))
    await ada.sees("è uscita")

    async with newsroom.store.reading() as session:
        frozen = {one.channel: one.post() for one in (await session.exec(select(FrozenPost))).all()}
    for name in ("facebook", *MENTIONED):
        (shown,) = sandbox.outlets[name].shown()
        assert shown.text == frozen[name].text
        assert shown.text.split("\n")[0].endswith(MENTIONED.get(name, ""))
        assert not shown.text.startswith("@")
    assert "@" not in frozen["facebook"].text


@pytest.mark.parametrize("sent", ["as Telegram hands it over", "as a file"])
async def test_an_animated_picture_is_out_as_a_film_on_each(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, sent: str
) -> None:
    await ada.joins()
    if sent == "as a file":
        ada.person.send_document(files.gif(30, (540, 960)), "giro.gif", STORY)
    else:
        ada.person.send_animation(files.film(3, (540, 960), sound=None), STORY)
    receipt = await ada.submits(await ada.sees("C’è tutto", "Video: 1 (0:03)"))

    await bruno.approves(await bruno.sees(receipt, "Obiettivi"))
    await ada.sees("è uscita")

    for name in NETWORKS:
        (shown,) = sandbox.outlets[name].shown()
        assert len(shown.films) == 1, name


async def test_a_film_that_a_channel_does_not_take_is_said_to_stay_on_the_page(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    await ada.joins()
    ada.person.send_video(files.film(3, (960, 540)), STORY)
    receipt = await ada.submits(await ada.sees("C’è tutto", "Video: 1 (0:03)"))
    card = await bruno.sees(receipt, "Obiettivi")

    await bruno.presses("👁 Facebook", card)
    await bruno.sees("Su Facebook il filmato non esce", "Resta sulla pagina")
    await bruno.presses("👁 X", card)
    await bruno.sees("Su X esce con il filmato")

    await bruno.approves(card)
    await ada.sees("è uscita")
    assert [len(sandbox.outlets[name].shown()[0].films) for name in ("facebook", "x")] == [0, 1]
