"""The list of cases follows the cases, and finds what it is asked for, on both databases."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import select

from content import articles, people, privacy, queue, review, submissions
from content.decisions import Verdict
from content.editing import edit
from content.history import Actor
from content.people import Participant
from content.queue import Filed, Wanted
from content.store import Store
from content.submissions import Kind, Submission
from content.workflow import SubmissionState
from tests.clock import Clock
from tests.statements import counted
from tests.stories import DRAFT, SEEN, approved, drafted, submitted


async def sent(store: Store, person: Participant, clock: Clock, **fields: Any) -> Submission:
    """Return a case that a person sent, with other words than usual."""
    by = Actor("participant", person.id)
    async with store.transaction() as session:
        submission, revision = await submissions.begin(session, person, now=clock())
        words = {"text": "Parole qualunque, quante bastano perché la redazione le possa leggere.",
                 "title": "Un titolo", "organisation": "Comune di Tirano"}  # fmt: skip
        await submissions.write(session, revision, words | fields, by=by, now=clock())
        await submissions.receive(session, submission, revision, by=by, now=clock())
    return submission


async def found(store: Store, **wanted: Any) -> list[str]:
    async with store.reading() as session:
        lines, _ = await queue.page(session, Wanted(**wanted))
        assert await queue.count(session, Wanted(**wanted)) == len(lines)
    return [line.case.receipt for line in lines]


async def filed(store: Store) -> Filed:
    async with store.reading() as session:
        return (await session.exec(select(Filed))).one()


async def test_a_case_is_listed_from_the_moment_it_is_sent(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await submissions.begin(session, cast.ada, now=clock())
    assert await found(store) == []

    await sent(store, cast.ada, clock)

    assert await found(store, waiting=True) == ["26-0002"]
    row = await filed(store)
    assert (row.title, row.organisation, row.author) == (
        "Un titolo", "Comune di Tirano", "Ada Rossi",
    )  # fmt: skip


async def test_the_list_follows_whatever_happens_to_a_case(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    case = await sent(store, cast.ada, clock)
    async with store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        await review.claim(session, fresh, cast.gaia, now=clock())
    assert await found(store, moderator_id=cast.gaia.id) == ["26-0001"]
    async with store.reading() as session:
        [line], _ = await queue.page(session, Wanted())
    assert line.holder == "Gaia Monti"

    async with store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        revision = await submissions.last_sent(session, fresh)
        assert revision is not None
        article = await articles.draft(session, revision, DRAFT, now=clock())
        article.province = "SO"
    assert (await filed(store)).title == DRAFT.title
    assert await found(store, province="SO") == ["26-0001"]

    async with store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        await review.decide(
            session, fresh, cast.gaia, Verdict.REJECTED, reason="No.", seen=SEEN, now=clock()
        )
        person = await session.get_one(Participant, cast.ada.id)
        await people.meet(session, person.telegram_id, "Ada Bianchi", now=clock())
    assert await found(store, waiting=True) == []
    assert await found(store, state=SubmissionState.REJECTED) == ["26-0001"]
    row = await filed(store)
    assert (row.author, row.moderator_id) == ("Ada Bianchi", None)
    assert await found(store, words="bianchi") == ["26-0001"]


async def test_what_is_rolled_back_is_not_listed(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    with pytest.raises(RuntimeError):
        async with store.transaction() as session:
            await submitted(session, cast.ada, clock())
            raise RuntimeError

    assert await found(store) == []
    assert await found(store, words="biblioteca") == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("biblioteca", ["26-0001"]),
        ("BIBLIO", ["26-0001"]),
        ("serale Tirano", ["26-0001"]),
        ("Ada", ["26-0002", "26-0001"]),
        ("26-0002", ["26-0002"]),
        ("mulino biblioteca", []),
        ("", ["26-0002", "26-0001"]),
        ("  —  ", ["26-0002", "26-0001"]),
        ("\"' OR 1=1 --", []),
        ("mulino*", ["26-0002"]),
        ("NEAR( mulino", []),
        ("mulino AND", []),
        ("a" * 500, []),
        ("%_", []),
    ],
)
async def test_words_are_found_in_any_order_and_ask_for_nothing_else(
    words: str, expected: list[str], store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await drafted(session, cast.ada, clock())
    await sent(store, cast.ada, clock, title="Il mulino", text="Riapre il mulino di valle." * 3)

    assert await found(store, words=words) == expected


async def test_what_is_emptied_is_found_no_more(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await sent(store, cast.ada, clock, title="Il mulino")
    assert await found(store, words="mulino") == ["26-0001"]

    async with store.transaction() as session:
        person = await session.get_one(Participant, cast.ada.id)
        await privacy.erase(session, person, now=clock())

    for words in ("mulino", "Ada", "qualunque"):
        assert await found(store, words=words) == []
    row = await filed(store)
    assert (row.title, row.organisation, row.author) == ("", "", "")


async def test_pages_go_by_key_so_that_none_is_missed_or_shown_twice(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    for _ in range(5):
        await sent(store, cast.ada, clock)
    for wanted in (Wanted(), Wanted(words="parole")):
        async with store.reading() as session:
            first, key = await queue.page(session, wanted, limit=2)
        case = await sent(store, cast.ada, clock)
        async with store.reading() as session:
            second, last = await queue.page(session, wanted, before=key, limit=10)

        shown = [line.case.submission_id for line in (*first, *second)]
        assert shown == sorted(shown, reverse=True)
        assert len(set(shown)) == len(shown) == case.id - 1
        assert last is None


async def test_what_speaks_against_approving_is_a_warning(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await sent(store, cast.ada, clock)
    await sent(store, cast.ada, clock, minors=True)
    await sent(store, cast.ada, clock, minors=True, release=True)

    assert await found(store, warned=True) == ["26-0002"]


async def test_filters_hold_together(store: Store, cast: SimpleNamespace, clock: Clock) -> None:
    await sent(store, cast.ada, clock, province="SO")
    await sent(store, cast.ada, clock, province="SO", kind=Kind.NEWS)
    await sent(store, cast.ada, clock, province="MI", kind=Kind.NEWS)

    assert await found(store, province="SO", kind=Kind.NEWS, words="parole") == ["26-0002"]
    async with store.reading() as session:
        assert list(await queue.provinces(session)) == ["MI", "SO"]


async def test_an_accepted_case_waits_again_once_it_is_edited(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await approved(session, cast, clock())
    assert await found(store, waiting=True) == []

    async with store.transaction() as session:
        article = await articles.of_submission(session, 1)
        assert article is not None
        by = Actor("moderator", cast.bruno.id)
        await edit(session, article, {"title": "Altro"}, by=by, now=clock())

    assert await found(store, waiting=True) == ["26-0001"]


async def test_a_page_asks_as_much_for_one_case_as_for_many(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    asked = []
    for number in (1, 12):
        for _ in range(number):
            await sent(store, cast.ada, clock)
        with counted(store) as statements:
            async with store.reading() as session:
                await queue.page(session, Wanted())
                await queue.count(session, Wanted())
        asked.append(len(statements))

    assert asked[0] == asked[1] <= 3


async def test_news_grow_with_whatever_happens(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.reading() as session:
        before = await queue.news(session)

    await sent(store, cast.ada, clock)

    async with store.reading() as session:
        assert await queue.news(session) > before
