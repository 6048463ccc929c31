"""From the press that corrects, or takes down, to every channel and the author's message."""

import asyncio

from sqlmodel import select

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox, Trouble
from content import editing
from content.articles import Article
from content.deliveries import Action, Operation
from content.history import NEWSROOM
from content.workflow import ArticleState
from tests.journeys.people import APPROVE_NOW, Message, Phone, buttons
from tests.journeys.test_afterwards import WITHDRAW, case_of, published

RETRACT = "🗑 Ritira da tutti i canali"
SURE = "🗑 Sì, ritira"


def left(sandbox: Sandbox, channel: str) -> list[str]:
    """Return the texts that a channel still shows."""
    return [one.text for one in sandbox.outlets[channel].shown() if not one.deleted]


async def asked(bruno: Phone, message: Message) -> Message:
    """Press the button that takes a piece down, and return what it asks."""
    await bruno.presses(RETRACT, message)
    return await bruno.sees("Ritirare la segnalazione", "il post viene cancellato")


async def test_a_press_takes_the_piece_down_everywhere_and_its_author_is_told(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    card = await bruno.sees("26-0001", "Obiettivi", "uscito")

    question = await asked(bruno, card)
    assert "al posto della pagina resta una frase" in question["text"]
    assert len(sandbox.facebook.posts) == len(sandbox.x.posts) == 1
    await bruno.presses(SURE, question)

    await ada.sees("ha tolto dai canali", "26-0001")
    assert left(sandbox, "facebook") == left(sandbox, "x") == []
    told = (await case_of(ada))["text"]
    assert "Ora è: ritirata" in told
    assert "http" not in told.split("La sua storia")[0]
    assert buttons(await bruno.sees("Bruno", "ha ritirato la segnalazione")) == []
    async with newsroom.store.reading() as session:
        deleted = select(Operation).where(Operation.action == Action.DELETE)
        assert len((await session.exec(deleted)).all()) == 3


async def test_changing_ones_mind_leaves_everything_as_it_is(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    question = await asked(bruno, await bruno.sees("26-0001", "Obiettivi", "uscito"))

    await bruno.presses("Lascia tutto com’è", question)

    await bruno.sees("resta tutto com’è")
    assert len(left(sandbox, "facebook")) == 1


async def test_a_no_that_comes_after_the_yes_does_not_say_that_nothing_happened(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    question = await asked(bruno, await bruno.sees("26-0001", "Obiettivi", "uscito"))
    bruno.person.press(question, SURE)
    no = bruno.person.press(question, "Lascia tutto com’è")  # before the buttons go
    await ada.sees("ha tolto dai canali")

    answer = await asyncio.to_thread(no.answered_sync)

    assert "È già stata ritirata" in str(answer)
    await bruno.sees("Bruno", "ha ritirato la segnalazione")
    assert not any("resta tutto" in str(one.get("text")) for one in bruno.chat.messages)


async def test_what_an_author_asks_back_is_taken_down_from_the_request(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    await ada.presses(WITHDRAW, await case_of(ada))
    await ada.sees("perché vuoi ritirarla")
    ada.write("La sala è cambiata.")

    question = await asked(bruno, await bruno.sees("chiede di ritirare", "La sala è cambiata"))
    await bruno.presses(SURE, question)

    await ada.sees("ha tolto dai canali")
    assert left(sandbox, "x") == []
    await ada.presses(WITHDRAW, await case_of(ada))
    await ada.presses("Sì, ritira", await ada.sees("Vuoi davvero ritirare"))
    assert "Ora è: ritirata" in (await case_of(ada))["text"]


async def test_a_channel_that_refuses_is_said_until_somebody_closes_it(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    sandbox.board.troubles.append(Trouble("rejected", "facebook", "delete"))
    await bruno.presses(SURE, await asked(bruno, await bruno.sees("26-0001", "uscito")))

    trouble = await bruno.sees("Facebook (rimozione)", "rifiutato dal canale")
    assert len(left(sandbox, "facebook")) == 1
    await bruno.presses(next(one for one in buttons(trouble) if "iprova" in one), trouble)

    await ada.sees("ha tolto dai canali")
    assert left(sandbox, "facebook") == []


async def test_a_correction_changes_what_can_be_changed_and_leaves_the_rest(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    (before,) = sandbox.outlets["x"].shown()
    async with newsroom.store.transaction() as session:
        article = (await session.exec(select(Article))).one()
        change = {"texts": {"facebook": "Apre martedì.", "x": "Apre martedì."}}
        await editing.edit(session, article, change, by=NEWSROOM, now=newsroom.clock())
    newsroom.newsroom.happened()

    card = await bruno.sees("va approvata di nuovo", "Già uscito su Facebook, X", "nel browser")
    await bruno.presses(APPROVE_NOW, card)

    told = await ada.sees("è stata corretta")
    assert told["text"].count("Rubrica: http") == 1
    (facebook,) = sandbox.outlets["facebook"].shown()
    assert facebook.text.startswith("Apre martedì.")
    assert sandbox.outlets["x"].shown() == [before]


async def test_a_correction_that_no_channel_is_to_show_needs_no_second_approval(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    bot = newsroom.newsroom
    bot.page_channel = None  # with a column there is always its page to put right
    bot.publishers = {name: one for name, one in bot.publishers.items() if name != "rubrica"}
    await published(ada, bruno)
    async with newsroom.store.transaction() as session:
        article = (await session.exec(select(Article))).one()
        change = {"texts": {**article.texts, "x": "Apre martedì."}}
        await editing.edit(session, article, change, by=NEWSROOM, now=newsroom.clock())
    newsroom.newsroom.happened()

    answer = await bruno.presses(APPROVE_NOW, await bruno.sees("va approvata di nuovo"))

    assert not answer.alert
    async with newsroom.store.reading() as session:
        article = (await session.exec(select(Article))).one()
    assert article.state is ArticleState.APPROVED
