"""A Lab between two covers: proposed from what is out, ordered by people, true at all times."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select

from content import (
    arranging,
    binding,
    consents,
    editing,
    editions,
    labs,
    personal,
    privacy,
    withdrawals,
)
from content.articles import Article
from content.binding import Book, Bound
from content.editions import LONGEST, Edition, EditionPart, EditionPiece, Finished, Order, Unfit
from content.history import Actor, History, NotAllowed
from content.media import Medium
from content.people import Lab, Participant, meet
from content.publication import Absence
from content.store import Store
from content.submissions import Kind, Submission
from content.workflow import EditionState
from tests import editions as books
from tests.clock import Clock
from tests.stories import PURPOSES

ISBN = "9788806219451"


@pytest.fixture
def how(cast: SimpleNamespace, clock: Clock) -> dict[str, Any]:
    """By whom and when: Bruno, now."""
    return {"by": Actor("moderator", cast.bruno.id), "now": clock()}


@pytest.fixture
async def lab(store: Store, cast: SimpleNamespace, clock: Clock) -> Lab:
    async with store.transaction() as session:
        return await books.lab_of(session, cast, clock())


async def publish(
    store: Store, cast: SimpleNamespace, clock: Clock, title: str, **told: Any
) -> Article:
    clock.forward(minutes=1)
    async with store.transaction() as session:
        return await books.published(session, cast, clock(), title, **told)


async def proposed(store: Store, lab: Lab, how: dict[str, Any]) -> Edition:
    async with store.transaction() as session:
        return await arranging.propose(session, lab, books.PAGE, **how)


async def bound(store: Store, edition: Edition) -> Bound:
    async with store.reading() as session:
        fresh = await session.get_one(Edition, edition.id)
        return await binding.bind(session, fresh, books.PAGE, books.SITE)


def told(book: Book) -> dict[str, list[str]]:
    """The titles of a book's pieces, by the key of their part."""
    return {part.key: [one.piece.title for one in part.chapters] for part in book.parts}


def absent(whole: Bound) -> list[tuple[str, Absence]]:
    return [(one.title, one.why) for one in whole.left_out]


async def test_an_edition_is_proposed_from_what_is_out(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    await publish(store, cast, clock, "Un’idea", kind=Kind.IDEA)
    await publish(store, cast, clock, "Prima")
    await publish(store, cast, clock, "Seconda")
    async with store.transaction() as session:
        await books.approved(session, cast, clock(), "In calendario")

    whole = await bound(store, await proposed(store, lab, how))

    assert told(whole.book) == {"notizie": ["Prima", "Seconda"], "articoli": ["Un’idea"]}
    assert (whole.book.title, whole.book.lab) == ("Città intelligenti", "Città intelligenti")
    assert absent(whole) == [("In calendario", Absence.NOT_OUT)]
    [first, *_] = whole.book.chapters
    assert first.piece.author == "Ada Rossi"
    assert first.piece.url.startswith(f"{books.SITE}/notizie/prima-")
    assert whole.book.modified >= first.published


async def test_what_another_lab_told_is_not_in_it(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    async with store.transaction() as session:
        other, _ = await labs.create(session, "Un altro", 2027, **how)
        await labs.join(
            session, await session.get_one(Participant, cast.ada.id), other, now=clock()
        )
    await publish(store, cast, clock, "Altrove")

    whole = await bound(store, await proposed(store, lab, how))

    assert (whole.book.parts, whole.left_out) == ((), [])


async def test_consent_for_the_ebook_is_needed_and_may_be_taken_back(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    async with store.transaction() as session:
        carla = await session.get_one(Participant, cast.carla.id)
        await consents.accept(
            session, carla, [one for one in PURPOSES if one != consents.EBOOK], now=clock()
        )
        await labs.join(session, carla, lab, now=clock())
    await publish(store, cast, clock, "Di Ada")
    await publish(store, cast, clock, "Di Carla", person=carla)
    edition = await proposed(store, lab, how)
    assert absent(await bound(store, edition)) == [("Di Carla", Absence.NO_CONSENT)]

    async with store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        await privacy.withhold(session, ada, consents.EBOOK, books.PAGE, now=clock())
        await consents.give(session, carla, [consents.EBOOK], now=clock())

    whole = await bound(store, edition)
    assert absent(whole) == [("Di Ada", Absence.CONSENT_WITHDRAWN)]
    assert whole.book.parts == ()
    assert [one.title for one in whole.fresh] == ["Di Carla"]


async def test_who_asks_for_a_piece_back_or_to_be_forgotten_is_out_at_once(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    async with store.transaction() as session:
        luca = await meet(session, 4001, "Luca Verdi", now=clock())
        await consents.accept(session, luca, PURPOSES, now=clock())
        await labs.join(session, luca, lab, now=clock())
    asked = await publish(store, cast, clock, "Da togliere")
    await publish(store, cast, clock, "Di Luca", person=luca)
    edition = await proposed(store, lab, how)
    assert len((await bound(store, edition)).book.chapters) == 2

    async with store.transaction() as session:
        case = await session.get_one(Submission, asked.submission_id)
        await withdrawals.ask_retraction(session, case, "Ho sbagliato.", "chiesto", now=clock())
        await privacy.erase(session, await session.get_one(Participant, luca.id), now=clock())

    whole = await bound(store, edition)
    assert absent(whole) == [("Da togliere", Absence.ASKED_BACK), ("Di Luca", Absence.ASKED_BACK)]
    assert whole.book.parts == ()


async def test_a_piece_says_what_is_out_whatever_was_written_since(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    article = await publish(store, cast, clock, "Prima")
    edition = await proposed(store, lab, how)
    before = (await bound(store, edition)).book

    async with store.transaction() as session:
        now = await session.get_one(Article, article.id)
        await editing.edit(session, now, {"title": "Mai approvato"}, **how)

    after = (await bound(store, edition)).book
    assert told(after) == {"notizie": ["Prima"]}
    assert after.sha256 == before.sha256


async def test_parts_are_made_by_goal_and_by_province_and_keep_their_words(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    await publish(store, cast, clock, "Sondrio", province="SO", sdgs=(11, 4))
    await publish(store, cast, clock, "Bergamo", province="BG", sdgs=(4,))
    await publish(store, cast, clock, "Altrove", sdgs=(11,))
    edition = await proposed(store, lab, how)

    async with store.transaction() as session:
        edition = await session.merge(edition)
        await arranging.arrange(session, edition, Order.GOAL, **how)
    assert told((await bound(store, edition)).book) == {
        "4": ["Bergamo"], "11": ["Sondrio", "Altrove"],
    }  # fmt: skip

    async with store.transaction() as session:
        edition = await session.merge(edition)
        await arranging.arrange(session, edition, Order.PROVINCE, **how)
        [first, *_] = await editions.parts(session, edition)
        await arranging.introduce(
            session, edition, first, "La Bergamasca", "**Qui** si lavora.", **how
        )
        await arranging.arrange(session, edition, Order.PROVINCE, **how)

    book = (await bound(store, edition)).book
    assert told(book) == {"BG": ["Bergamo"], "SO": ["Sondrio"], "-": ["Altrove"]}
    assert (book.parts[0].title, book.parts[0].introduction) == (
        "La Bergamasca", "**Qui** si lavora.",
    )  # fmt: skip


async def test_people_move_pieces_and_parts_and_leave_out(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    for title in ("Uno", "Due", "Tre"):
        await publish(store, cast, clock, title)
    edition = await proposed(store, lab, how)

    async with store.transaction() as session:
        edition = await session.merge(edition)
        [news] = await editions.parts(session, edition)
        one, two, three = await editions.pieces(session, edition)
        await arranging.move(session, edition, three, news, 1, **how)
        end = await arranging.add_part(session, edition, "  Per   finire ", **how)
        assert not await arranging.drop_part(session, edition, news, **how)
        await arranging.move(session, edition, one, end, 1, **how)
        await arranging.move_part(session, edition, end, 1, **how)
        await arranging.leave_out(session, edition, two, "Ripete il primo", **how)

    whole = await bound(store, edition)
    assert told(whole.book) == {"": ["Uno"], "notizie": ["Tre"]}
    assert whole.book.parts[0].title == "Per finire"
    assert [(one.why, one.reason) for one in whole.left_out] == [
        (Absence.BY_HAND, "Ripete il primo")
    ]
    await publish(store, cast, clock, "Quattro")
    async with store.transaction() as session:
        edition = await session.merge(edition)
        assert await arranging.take_in(session, edition, books.PAGE, **how) == 1
        assert await arranging.take_in(session, edition, books.PAGE, **how) == 0
    assert told((await bound(store, edition)).book) == {"": ["Uno"], "notizie": ["Tre", "Quattro"]}


async def test_every_change_is_on_record(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    await publish(store, cast, clock, "Uno")
    edition = await proposed(store, lab, how)
    async with store.transaction() as session:
        edition = await session.merge(edition)
        [piece] = await editions.pieces(session, edition)
        [part] = await editions.parts(session, edition)
        assert await editions.describe(session, edition, {"isbn": ISBN}, **how) == ["isbn"]
        assert await editions.describe(session, edition, {"isbn": ISBN}, **how) == []
        await arranging.introduce(session, edition, part, "", "Ecco.", **how)
        empty = await arranging.add_part(session, edition, "Vuota", **how)
        await arranging.move_part(session, edition, empty, 1, **how)
        await arranging.drop_part(session, edition, empty, **how)
        await arranging.move(session, edition, piece, part, 1, **how)
        await arranging.leave_out(session, edition, piece, "", **how)
        await arranging.arrange(session, edition, Order.HAND, **how)
        await editions.finish(session, edition, **how)
        await editions.reopen(session, edition, **how)

    async with store.reading() as session:
        query = select(History.verb).where(History.noun == "edition").order_by(col(History.id))
        assert (await session.exec(query)).all() == [
            "laid_down", "taken_in", "described", "part_introduced", "part_added", "part_moved",
            "part_dropped", "piece_moved", "left_out", "arranged", "finished", "opened_again",
        ]  # fmt: skip
        assert (await session.get_one(Edition, edition.id)).version == 12


async def test_a_finished_edition_is_opened_again_before_it_changes(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    edition = await proposed(store, lab, how)
    async with store.transaction() as session:
        edition = await session.merge(edition)
        await editions.finish(session, edition, **how)
        assert [one.id for one in await editions.finished(session)] == [edition.id]
        with pytest.raises(Finished):
            await editions.describe(session, edition, {"title": "Un altro"}, **how)
        with pytest.raises(NotAllowed):
            await editions.finish(session, edition, **how)
        await editions.reopen(session, edition, **how)
        await editions.describe(session, edition, {"title": "Un altro"}, **how)
        assert await editions.finished(session) == []
        assert edition.state is EditionState.DRAFT


@pytest.mark.parametrize(
    ("field", "said", "why"),
    [
        ("title", " \n ", "empty"),
        ("title", "x" * (LONGEST["title"] + 1), "long"),
        ("foreword", "x" * (LONGEST["foreword"] + 1), "long"),
        ("isbn", "978-88-06-21945-2", "isbn"),
        ("isbn", "8806219459", "isbn"),
        ("isbn", "٩٧٨٨٨٠٦٢١٩٤٥١", "isbn"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(field: str, said: str, why: str) -> None:
    with pytest.raises(Unfit) as refused:
        editions.checked(field, said)

    assert (refused.value.field, refused.value.why) == (field, why)


@pytest.mark.parametrize("said", ["978-88-06-21945-1", "ISBN: 978 8806219451", ISBN])
async def test_an_isbn_is_kept_as_its_digits(said: str) -> None:
    assert editions.checked("isbn", said) == ISBN


async def test_a_piece_goes_with_the_words_of_who_is_forgotten(
    store: Store, cast: SimpleNamespace, clock: Clock, lab: Lab, how: dict[str, Any]
) -> None:
    article = await publish(store, cast, clock, "Uno")
    edition = await proposed(store, lab, how)
    async with store.transaction() as session:
        await personal.empty(session, [article.submission_id])

    async with store.reading() as session:
        rows: Sequence[Any] = (await session.exec(select(EditionPiece))).all()
        assert rows == []
        assert len(await editions.parts(session, edition)) == 1
        assert (await session.exec(select(EditionPart))).one().key == "notizie"


async def test_what_is_said_of_a_cover_changes_without_the_picture(
    store: Store, cast: SimpleNamespace, clock: Clock, how: dict[str, Any]
) -> None:
    own = Medium(sha256="c" * 64, mime="image/png", alt="Una piaza", credit=" Carla  Neri ")
    async with store.transaction() as session:
        edition = await editions.begin(session, await books.lab_of(session, cast, clock()), **how)
        with pytest.raises(Unfit, match="cover: gone"):
            await editions.tell_cover(session, edition, "Una piazza", "", **how)
        await editions.dress(session, edition, own, **how)
        bound = await binding.bind(session, edition, books.PAGE, books.SITE)
        assert bound.book.cover == own.model_copy(update={"credit": "Carla Neri"})

        await editions.tell_cover(session, edition, " Una  piazza ", "Comune di Tirano", **how)

        told = {"alt": "Una piazza", "credit": "Comune di Tirano"}
        retold = await binding.bind(session, edition, books.PAGE, books.SITE)
        assert retold.book.cover == own.model_copy(update=told)
        assert retold.book.sha256 != bound.book.sha256
        version = edition.version
        await editions.tell_cover(session, edition, "Una piazza", "Comune di Tirano", **how)
        assert edition.version == version
        with pytest.raises(Unfit, match="alt: empty"):
            await editions.tell_cover(session, edition, " ", "Carla Neri", **how)
        with pytest.raises(Unfit, match="credit: long"):
            await editions.tell_cover(session, edition, "Una piazza", "C" * 201, **how)
        await editions.tell_cover(session, edition, "Una piazza", " ", **how)
        assert Medium.model_validate(edition.cover).credit is None
        await editions.finish(session, edition, **how)
        with pytest.raises(Finished):
            await editions.tell_cover(session, edition, "Un’altra", "", **how)


async def test_an_edition_has_a_cover_of_its_own_as_long_as_somebody_wants(
    store: Store, cast: SimpleNamespace, clock: Clock, how: dict[str, Any]
) -> None:
    own = Medium(sha256="c" * 64, mime="image/png", width=400, height=600, alt=" Una  piazza ")
    async with store.transaction() as session:
        lab = await books.lab_of(session, cast, clock())
        edition = await editions.begin(session, lab, **how)
        await editions.dress(session, edition, own, **how)
        bound = await binding.bind(session, edition, books.PAGE, books.SITE)
        assert bound.book.cover == own.model_copy(update={"alt": "Una piazza"})
        assert own.sha256 in await personal.in_use(session)

        with pytest.raises(Unfit, match="alt: empty"):
            await editions.dress(session, edition, own.model_copy(update={"alt": " "}), **how)
        await editions.dress(session, edition, None, **how)

        assert (await binding.bind(session, edition, books.PAGE, books.SITE)).book.cover is None
        assert own.sha256 not in await personal.in_use(session)
        await editions.finish(session, edition, **how)
        with pytest.raises(Finished):
            await editions.dress(session, edition, own, **how)
