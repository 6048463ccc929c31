"""The word that an e-book is out: an ordinary case of the newsroom's own, once for each e-book."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, func, select

from content import (
    announced,
    announcements,
    arranging,
    articles,
    binding,
    channels,
    consents,
    dossier,
    editions,
    planning,
    publication,
    retractions,
    review,
    roster,
    sending,
    standing,
)
from content.announced import NotFinished
from content.articles import Article
from content.decisions import Verdict
from content.deliveries import Operation
from content.drafting import ChannelLimit, TemplateAssistant
from content.editions import Edition
from content.history import Actor, History
from content.media import Medium
from content.people import OURSELVES, Lab, Participant
from content.posts import Section
from content.review import NobodyToAsk
from content.store import Store
from content.submissions import Kind, Revision, Submission
from content.workflow import OperationState, SubmissionState
from tests import editions as books
from tests import stories
from tests.clock import Clock
from tests.payloads import HOSTILE

COVER = Medium(sha256="c" * 64, mime="image/jpeg", width=1600, height=2400, alt="Copertina: Città")
PLACE = f"{books.SITE}/ebook/citta-intelligenti-1/"
OWNER = "La redazione dei Laboratori"
ASSISTANT = TemplateAssistant([ChannelLimit("facebook", 5000), ChannelLimit("x", 256)])


@pytest.fixture
def how(cast: SimpleNamespace, clock: Clock) -> dict[str, Any]:
    """By whom and when: Bruno, now."""
    return {"by": Actor("moderator", cast.bruno.id), "now": clock()}


@pytest.fixture
async def edition(
    store: Store, cast: SimpleNamespace, clock: Clock, how: dict[str, Any]
) -> Edition:
    """A finished edition of two pieces that are out."""
    async with store.transaction() as session:
        lab = await books.lab_of(session, cast, clock())
        for title in ("Uno", "Due"):
            await books.published(session, cast, clock(), title)
        one = await arranging.propose(session, lab, books.PAGE, **how)
        await editions.describe(session, one, {"title": "Città che cambiano"}, **how)
        await editions.finish(session, one, **how)
        return one


async def propose(store: Store, edition: Edition, how: dict[str, Any]) -> tuple[Submission, bool]:
    async with store.transaction() as session:
        fresh = await session.get_one(Edition, edition.id)
        told = (session, fresh, books.PAGE, books.SITE, OWNER)
        book = (await binding.bind(*told)).book
        return await announcements.propose(
            session, fresh, book, PLACE, COVER, stories.CHANNELS, **how
        )


async def drafted(store: Store, case: Submission, now: Any) -> Article:
    """Do what the drafter does with whatever comes in."""
    async with store.transaction() as session:
        (number,) = await articles.undrafted(session, limit=9)
        source = await articles.source_of(session, number)
        draft = await ASSISTANT.draft(source)
        return await articles.draft(
            session, await session.get_one(Revision, number), draft, now=now
        )


async def approve(
    store: Store, cast: SimpleNamespace, case: Submission, article: Article, now: Any
) -> None:
    posts = stories.posts_of(article)[:1]
    async with store.transaction() as session:
        await channels.open_channels(session, [books.PAGE])
        await review.approve(
            session, await session.get_one(Submission, case.id), await session.merge(cast.gaia),
            posts, version=article.version, seen=review.view_hash(posts), page_channel=books.PAGE,
            immediately=True, now=now,
        )  # fmt: skip


async def test_it_waits_for_the_newsroom_like_any_news_with_the_link_and_the_cover(
    store: Store, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    case, new = await propose(store, edition, how)
    article = await drafted(store, case, clock())

    assert new
    assert case.state is SubmissionState.SUBMITTED
    assert case.lab_id == edition.lab_id  # which asks for as many approvals as for its pieces
    assert (article.kind, article.section) == (Kind.NEWS, Section.NEWS)
    assert article.title == "È uscito l’e-book «Città che cambiano»"
    assert article.lead.startswith("Le storie del Laboratorio «Città intelligenti» sono ora")
    assert "2 racconti usciti" in article.text
    assert article.link == PLACE
    (cover,) = article.media
    assert cover["sha256"] == COVER.sha256
    assert cover["alt"] == COVER.alt
    async with store.reading() as session:
        piece = await articles.piece(session, article, books.SITE)
        told = await dossier.opened(session, case.id, now=clock())
    assert piece.author == piece.organisation == OWNER
    assert piece.credit.startswith(OWNER)
    assert set(piece.texts) == {"facebook", "x"}
    assert all("Città che cambiano" in text for text in piece.texts.values())
    assert told is not None
    assert not told.lacks_release
    assert told.without_alt == 0


async def test_it_may_go_to_every_channel_that_is_on_and_into_no_ebook(
    store: Store, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    case, _ = await propose(store, edition, how)

    async with store.reading() as session:
        given = await consents.given(session, case.participant_id)
    assert given == set(stories.CHANNELS)


async def test_a_second_press_shows_the_one_there_is(
    store: Store, edition: Edition, how: dict[str, Any]
) -> None:
    first, _ = await propose(store, edition, how)
    again, new = await propose(store, edition, how)

    assert (again.id, new) == (first.id, False)


async def test_of_two_presses_at_once_one_proposes(
    store: Store, edition: Edition, how: dict[str, Any]
) -> None:
    both = await asyncio.gather(*(propose(store, edition, how) for _ in range(2)))

    assert sorted(new for _, new in both) == [False, True]
    async with store.reading() as session:
        count = select(func.count()).select_from(editions.Announcement)
        assert (await session.exec(count)).one() == 1


async def test_an_edition_that_was_changed_and_finished_again_is_not_announced_twice(
    store: Store, edition: Edition, how: dict[str, Any]
) -> None:
    first, _ = await propose(store, edition, how)
    async with store.transaction() as session:
        fresh = await session.get_one(Edition, edition.id)
        await editions.reopen(session, fresh, **how)
        await editions.describe(session, fresh, {"title": "Città cambiate"}, **how)
        await editions.finish(session, fresh, **how)

    again, new = await propose(store, edition, how)

    assert (again.id, new) == (first.id, False)


async def test_one_that_was_declined_may_be_proposed_anew(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    first, _ = await propose(store, edition, how)
    await drafted(store, first, clock())
    async with store.transaction() as session:
        case = await session.get_one(Submission, first.id)
        await review.decide(
            session, case, await session.merge(cast.gaia), Verdict.REJECTED,
            reason="Non ora", seen=stories.SEEN, now=clock(),
        )  # fmt: skip

    again, new = await propose(store, edition, how)

    assert new
    assert again.id != first.id


async def test_one_that_is_out_is_announced_anew_only_when_all_of_it_is_taken_away(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    first, _ = await propose(store, edition, how)
    article = await drafted(store, first, clock())
    await approve(store, cast, first, article, clock())
    async with store.transaction() as session:
        await books.send(session, article, clock())
    async with store.transaction() as session:
        case = await session.get_one(Submission, first.id)
        await retractions.retract(session, case, "", **how)

    assert (await propose(store, edition, how))[0].id == first.id  # its deletion is on its way
    async with store.transaction() as session:
        await books.send(session, article, clock())
    assert (await propose(store, edition, how))[1]


async def test_an_edition_that_readers_do_not_have_is_not_announced(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    case, _ = await propose(store, edition, how)
    article = await drafted(store, case, clock())
    async with store.transaction() as session:
        await editions.reopen(session, await session.get_one(Edition, edition.id), **how)

    with pytest.raises(NotFinished):
        await propose(store, edition, how)
    with pytest.raises(NotFinished):  # nor is what was proposed before let out
        await approve(store, cast, case, article, clock())

    async with store.transaction() as session:
        await editions.finish(session, await session.get_one(Edition, edition.id), **how)
    await approve(store, cast, case, article, clock())


async def test_nobody_lets_go_or_sends_again_the_news_of_an_edition_that_was_opened_again(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    case, _ = await propose(store, edition, how)
    article = await drafted(store, case, clock())
    await approve(store, cast, case, article, clock())
    held = "L’e-book è in preparazione"

    async with store.transaction() as session:
        edited = await session.get_one(Edition, edition.id)
        query = select(Operation.id).order_by(col(Operation.id).desc())
        news = (await session.exec(query)).first()
        assert news is not None
        await announcements.reopen(session, edited, held, **how)
        with pytest.raises(NotFinished):
            await planning.hold(session, news, None, **how)
        await announcements.finish(session, edited, held, **how)
        taken = await sending.claim_due(session, news, "worker", now=clock())
        assert taken is not None
        await sending.fail(session, taken, "rifiutata", now=clock())
        await announcements.reopen(session, edited, held, **how)
        with pytest.raises(NotFinished):
            await planning.resend(session, news, **how)
        await announcements.finish(session, edited, held, **how)
        again = await planning.resend(session, news, **how)

    assert again.state is OperationState.SCHEDULED


async def test_it_is_no_piece_for_the_ebook_that_it_announces(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    case, _ = await propose(store, edition, how)
    article = await drafted(store, case, clock())
    await approve(store, cast, case, article, clock())
    async with store.transaction() as session:
        await books.send(session, article, clock())

    async with store.reading() as session:
        standings = await publication.of_lab(session, edition.lab_id, books.PAGE)
        fresh = await session.get_one(Edition, edition.id)
        bound = await binding.bind(session, fresh, books.PAGE, books.SITE)
    assert [one.article.title for one in standings] == ["Uno", "Due"]
    assert (bound.fresh, bound.left_out) == ([], [])


async def test_each_leads_to_the_other_and_the_record_tells_it_of_both(
    store: Store, edition: Edition, how: dict[str, Any], cast: SimpleNamespace
) -> None:
    case, _ = await propose(store, edition, how)

    async with store.reading() as session:
        there = await announcements.of_edition(session, edition.id)
        back = await announced.edition_of(session, case.id)
        query = select(History).where(History.verb == "announced").order_by(col(History.id))
        rows = (await session.exec(query)).all()
    assert there is not None
    assert back is not None
    assert (there.id, back.id) == (case.id, edition.id)
    assert [(one.noun, one.noun_id, one.actor_id, one.data) for one in rows] == [
        ("edition", edition.id, cast.bruno.id, {"submission": case.id}),
        ("submission", case.id, cast.bruno.id, {"edition": edition.id}),
    ]


async def test_the_newsroom_is_no_person_to_be_asked_listed_or_joined_to_a_lab(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    case, _ = await propose(store, edition, how)
    await drafted(store, case, clock())

    async with store.transaction() as session:
        author = await session.get_one(Participant, case.participant_id)
        listed, _ = await roster.participants(session)
        assert (author.telegram_id, author.lab_id, author.hears) == (OURSELVES, None, False)
        assert author.id not in [one.person.id for one in listed]
        with pytest.raises(NobodyToAsk):
            await review.decide(
                session, await session.get_one(Submission, case.id),
                await session.merge(cast.gaia), Verdict.CHANGES_REQUESTED,
                reason="Più corto", seen=stories.SEEN, now=clock(),
            )  # fmt: skip


@pytest.mark.parametrize("title", [*HOSTILE, "Una parola " * 27, "x" * 300, "مدن تتغير 🏙️"])
async def test_whatever_the_title_says_the_news_fits_and_says_it_plainly(
    title: str, store: Store, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    async with store.transaction() as session:
        fresh = await session.get_one(Edition, edition.id)
        lab = await session.get_one(Lab, fresh.lab_id)
        lab.title = title.replace("\0", "")[:300]
        session.add(lab)
        await editions.reopen(session, fresh, **how)
        told = dict.fromkeys(("title", "subtitle"), title[:300])
        await editions.describe(session, fresh, told, **how)
        await editions.finish(session, fresh, **how)

    case, _ = await propose(store, edition, how)
    article = await drafted(store, case, clock())

    assert article.title.startswith("È uscito l’e-book «")
    assert article.title.endswith("»")
    assert len(article.title) <= 200
    assert "\n" not in article.title


async def planned(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> Operation:
    """Have the announcement of an edition in the calendar, and return what is to go out."""
    case, _ = await propose(store, edition, how)
    article = await drafted(store, case, clock())
    await approve(store, cast, case, article, clock())
    async with store.reading() as session:
        (found,) = await standing.operations_of(session, case.id, locked=False)
        return found


async def test_what_is_to_announce_it_is_held_while_it_is_reopened(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    told = await planned(store, cast, edition, how, clock)

    async with store.transaction() as session:
        fresh = await session.get_one(Edition, edition.id)
        await announcements.reopen(session, fresh, "l'e-book è riaperto", **how)

        one = await session.get_one(Operation, told.id)
        assert one.hold_reason == "l'e-book è riaperto"
        assert await sending.due(session, [books.PAGE], now=clock(), limit=9) == []

        await announcements.finish(session, fresh, "l'e-book è riaperto", **how)

        assert one.hold_reason is None
        assert await sending.due(session, [books.PAGE], now=clock(), limit=9) == [told.id]


async def test_what_a_person_held_stays_held_when_the_ebook_is_finished_again(
    store: Store, cast: SimpleNamespace, edition: Edition, how: dict[str, Any], clock: Clock
) -> None:
    told = await planned(store, cast, edition, how, clock)

    async with store.transaction() as session:
        await planning.hold(session, told.id, "Aspetta il sindaco", **how)
        fresh = await session.get_one(Edition, edition.id)
        await announcements.reopen(session, fresh, "l'e-book è riaperto", **how)
        await announcements.finish(session, fresh, "l'e-book è riaperto", **how)

        assert (await session.get_one(Operation, told.id)).hold_reason == "Aspetta il sindaco"
