"""A thread goes out part by part, each once and each an answer to the one before, to its end."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import accounts, channels, consents, deliveries, doubts, editing, review, sending
from content.articles import Article, of_submission
from content.corrections import Remedies, Remedy
from content.deliveries import Action, Operation
from content.history import Actor, History
from content.planning import cancel, resend
from content.posts import Post
from content.reach import take
from content.retractions import retract
from content.store import Store
from content.submissions import Submission
from content.threads import joined, parts_of
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock

CHANNEL = "red"
PARTS = ("Apre lo sportello.", "È in biblioteca.", "Ci si va il lunedì.")
DONE, SCHEDULED, FAILED = OperationState.DONE, OperationState.SCHEDULED, OperationState.FAILED
CANCELLED, UNCONFIRMED = OperationState.CANCELLED, OperationState.UNCONFIRMED


class Thread:
    """A case of Ada's that Bruno approves as a thread on one channel."""

    def __init__(self, session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> None:
        self.session, self.cast, self.clock = session, cast, clock
        self.bruno = Actor("moderator", cast.bruno.id)

    async def begun(self, parts: Sequence[str] = PARTS) -> "Thread":
        await channels.open_channels(self.session, [CHANNEL])
        await stories.drafted(self.session, self.cast.ada, self.clock())
        await self.approved(parts)
        return self

    async def case(self) -> tuple[Submission, Article]:
        submission = (await self.session.exec(select(Submission))).one()
        article = await of_submission(self.session, submission.id)
        assert article is not None
        return submission, article

    async def approved(self, parts: Sequence[str], remedy: Remedy | None = None) -> list[Operation]:
        submission, article = await self.case()
        post = Post(channel=CHANNEL, title=article.title, text=parts[0], more=tuple(parts[1:]))
        remedies: Remedies = {CHANNEL: remedy} if remedy else {}
        return await review.approve(
            self.session, submission, self.cast.bruno, [post], version=article.version,
            seen=review.view_hash([post]), page_channel=None, immediately=True, remedies=remedies,
            now=self.clock(),
        )  # fmt: skip

    async def edited(self) -> None:
        _, article = await self.case()
        change = {"lead": f"{article.lead} Di nuovo."}
        await editing.edit(self.session, article, change, by=self.bruno, now=self.clock())

    async def operations(self) -> list[Operation]:
        query = select(Operation).order_by(col(Operation.id))
        return list((await self.session.exec(query)).all())

    async def claimed(self, number: int | None = None) -> sending.Claimed:
        """Take the one operation that is due, or one of those."""
        if number is None:
            (number,) = await self.due()
        found = await sending.claim_due(self.session, number, "worker", now=self.clock())
        assert found is not None
        return found

    async def sent(self, number: int | None = None) -> tuple[str, str | None]:
        """Have the one that is due done; return what it said, and which post it answers."""
        taken = await self.claimed(number)
        assert taken.post is not None
        assert taken.post.more == ()
        remote = taken.remote_id if taken.action in (Action.EDIT, Action.DELETE) else None
        remote = remote or f"red-{taken.operation_id}"
        await sending.settle(self.session, taken, remote, f"https://{remote}.it/", now=self.clock())
        return taken.post.text, taken.remote_id

    async def all_sent(self) -> list[str]:
        """Have all done that is due, the oldest first, until nothing is; return what it said."""
        said = []
        while due := await self.due():
            said.append((await self.sent(due[0]))[0])
        return said

    async def refused(self) -> int:
        taken = await self.claimed()
        await sending.fail(self.session, taken, "No", now=self.clock())
        return taken.operation_id

    async def doubted(self) -> int:
        taken = await self.claimed()
        await sending.leave_unconfirmed(self.session, taken, "timeout", now=self.clock())
        return taken.operation_id

    async def due(self) -> Sequence[int]:
        return await sending.due(self.session, [CHANNEL], now=self.clock(), limit=9)

    async def is_quiet(self) -> bool:
        return not await self.due()

    async def published(self) -> int:
        query = select(History).where(History.noun == "article", History.verb == "published")
        return len((await self.session.exec(query)).all())


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.transaction() as one:
        yield one


@pytest.fixture
async def thread(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> Thread:
    return await Thread(session, cast, clock).begun()


# ---------------------------------------------------------------- words in parts


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Una sola.", ["Una sola."]),
        ("Una.\n---\nDue.\n--- \n\nTre.\n", ["Una.", "Due.", "Tre."]),
        ("---\n\n---\nUna.\n---", ["Una."]),
        ("Una --- sola.\n----\nAncora.", ["Una --- sola.\n----\nAncora."]),
        ("", []),
    ],
)
def test_words_are_divided_at_lines_of_their_own(words: str, parts: list[str]) -> None:
    assert parts_of(words) == parts
    assert parts_of(joined(parts)) == parts


def test_a_post_that_is_no_thread_is_hashed_as_it_ever_was() -> None:
    post = Post(channel="x", title="t", text="Uno")

    assert "more" not in post.canonical()
    assert post.model_copy(update={"answers": "7"}).sha256 == post.sha256
    assert post.model_copy(update={"more": ("Due",)}).sha256 != post.sha256


# ---------------------------------------------------------------- part by part


async def test_each_part_waits_for_the_one_before_and_answers_it(thread: Thread) -> None:
    assert len(await thread.operations()) == 1

    assert await thread.sent() == (PARTS[0], None)
    assert await thread.published() == 0
    assert await thread.sent() == (PARTS[1], "red-1")
    assert await thread.sent() == (PARTS[2], "red-2")

    assert await thread.is_quiet()
    assert await thread.published() == 1
    told = [(one.action, one.part, one.parts) for one in await thread.operations()]
    assert told == [(Action.CREATE, 1, 3), (Action.REPLY, 2, 3), (Action.REPLY, 3, 3)]


async def test_a_refused_part_stops_it_and_a_retry_resumes_where_it_stopped(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    number = await thread.refused()
    assert await thread.is_quiet()
    assert await thread.published() == 1
    _, article = await thread.case()
    first = (await deliveries.outlets(thread.session, article.id))[0]
    assert (first.out, first.parts) == (1, 3)

    clock.forward(days=9)  # however late: what is begun is to be finished
    await resend(thread.session, number, by=thread.bruno, now=clock())
    clock.forward(days=9)

    assert await thread.sent() == (PARTS[1], "red-1")
    assert await thread.sent() == (PARTS[2], "red-2")
    first = (await deliveries.outlets(thread.session, article.id))[0]
    assert first.out == 3


async def test_a_part_in_doubt_stops_it_until_it_is_proved(thread: Thread, clock: Clock) -> None:
    await thread.sent()
    number = await thread.doubted()
    assert await thread.is_quiet()
    (doubt,) = await doubts.waiting(thread.session, [CHANNEL], now=clock(), limit=9)
    assert (doubt.post.text, doubt.post.answers) == (PARTS[1], "red-1")

    await doubts.confirm(
        thread.session, number, "red-9", "https://r.it/9", by=thread.bruno, now=clock()
    )

    assert await thread.sent() == (PARTS[2], "red-9")


async def test_a_part_proved_absent_is_sent_again(thread: Thread, clock: Clock) -> None:
    await thread.sent()
    number = await thread.doubted()

    await doubts.deny(thread.session, number, by=thread.bruno, now=clock())

    assert await thread.sent() == (PARTS[1], "red-1")


async def test_a_part_that_is_let_go_ends_it(thread: Thread, clock: Clock) -> None:
    await thread.sent()
    number = await thread.refused()

    await cancel(thread.session, number, by=thread.bruno, now=clock())

    assert await thread.is_quiet()


async def test_nothing_follows_once_the_author_takes_their_consent_back(
    thread: Thread, cast: SimpleNamespace, clock: Clock
) -> None:
    taken = await thread.claimed()
    await consents.withdraw(thread.session, cast.ada, CHANNEL, now=clock())

    await sending.settle(thread.session, taken, "red-1", "https://r.it/1", now=clock())

    assert await thread.is_quiet()


async def test_it_costs_as_much_as_its_parts_and_is_reckoned_whole_from_the_first(
    thread: Thread, clock: Clock
) -> None:
    def price(post: Post) -> Decimal:
        return Decimal(len(post.parts))

    async def spent() -> Decimal:
        prices = accounts.Prices(price, Decimal(0))
        return await accounts.spent(thread.session, CHANNEL, prices, now=clock())

    assert await spent() == 0
    taken = await thread.claimed()
    assert await spent() == 3
    await sending.settle(thread.session, taken, "red-1", "https://r.it/1", now=clock())
    assert await spent() == 3
    await thread.refused()
    assert await spent() == 1


async def test_its_first_post_stands_for_it(thread: Thread, clock: Clock) -> None:
    for _ in PARTS:
        await thread.sent()
    _, article = await thread.case()
    shown = await deliveries.outlets(thread.session, article.id)

    assert deliveries.links(shown) == {CHANNEL: "https://red-1.it/"}
    assert [one.part for one in deliveries.present(shown)] == [1]
    clock.forward(days=2)
    asked = await take(thread.session, CHANNEL, now=clock(), limit=9)
    assert [one.remote_id for one in asked] == ["red-1"]


# ---------------------------------------------------------------- put right, or taken away


async def test_it_is_taken_away_from_its_end(thread: Thread, clock: Clock) -> None:
    for _ in PARTS:
        await thread.sent()
    submission, _ = await thread.case()

    await retract(thread.session, submission, "Chiesto", by=thread.bruno, now=clock())

    assert [(await thread.sent())[1] for _ in PARTS] == ["red-3", "red-2", "red-1"]
    assert await thread.is_quiet()


async def test_what_cannot_be_taken_away_keeps_nothing_else_there(
    thread: Thread, clock: Clock
) -> None:
    for _ in PARTS:
        await thread.sent()
    submission, _ = await thread.case()
    await retract(thread.session, submission, "Chiesto", by=thread.bruno, now=clock())

    await thread.refused()

    assert [(await thread.sent())[1] for _ in PARTS[1:]] == ["red-2", "red-1"]


async def test_taken_away_in_the_middle_it_does_not_go_on(thread: Thread, clock: Clock) -> None:
    await thread.sent()
    taken = await thread.claimed()
    submission, _ = await thread.case()
    await retract(thread.session, submission, "Chiesto", by=thread.bruno, now=clock())

    await sending.settle(thread.session, taken, "red-2", "https://r.it/2", now=clock())

    due = await thread.due()
    found = [await thread.session.get_one(Operation, number) for number in due]
    assert {(one.action, one.remote_id) for one in found} == {
        (Action.DELETE, "red-1"), (Action.DELETE, "red-2"),
    }  # fmt: skip


async def test_an_edit_elsewhere_does_not_break_it(thread: Thread, clock: Clock) -> None:
    await thread.sent()
    taken = await thread.claimed()
    await thread.edited()
    await sending.settle(thread.session, taken, "red-2", "https://r.it/2", now=clock())
    assert await thread.is_quiet()

    await thread.approved(PARTS, Remedy.LEAVE)

    assert await thread.sent() == (PARTS[2], "red-2")
    assert await thread.is_quiet()


@pytest.mark.parametrize("is_out", [True, False])
async def test_a_part_in_doubt_through_an_edit_goes_on_as_it_is_found(
    thread: Thread, clock: Clock, is_out: bool
) -> None:
    await thread.sent()
    number = await thread.doubted()
    await thread.edited()
    await thread.approved(PARTS, Remedy.LEAVE)
    assert await thread.is_quiet()

    if is_out:
        await doubts.confirm(
            thread.session, number, "red-2", "https://r.it/2", by=thread.bruno, now=clock()
        )
    else:
        await doubts.deny(thread.session, number, by=thread.bruno, now=clock())
        assert (await thread.sent())[0] == PARTS[1]

    assert (await thread.sent())[0] == PARTS[2]
    assert await thread.is_quiet()


async def test_what_was_refused_is_written_anew_and_the_thread_goes_on(thread: Thread) -> None:
    await thread.sent()
    await thread.refused()
    await thread.edited()

    await thread.approved((PARTS[0], "Altre parole.", PARTS[2]), Remedy.LEAVE)

    assert await thread.sent() == ("Altre parole.", "red-1")
    assert (await thread.sent())[0] == PARTS[2]


async def test_a_correction_answers_its_end(thread: Thread) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()

    await thread.approved(["Il martedì, non il lunedì."], Remedy.REPLY)

    assert await thread.sent() == ("Il martedì, non il lunedì.", "red-3")
    assert await thread.is_quiet()


async def test_another_takes_its_place_once_all_of_it_is_gone(thread: Thread) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()

    await thread.approved(("Nuovo.", "E poi."), Remedy.REPLACE)

    assert [(await thread.sent())[1] for _ in PARTS] == ["red-3", "red-2", "red-1"]
    assert await thread.sent() == ("Nuovo.", None)
    assert await thread.sent() == ("E poi.", "red-7")
    assert await thread.is_quiet()


async def test_a_shorter_one_is_edited_in_its_place_and_the_rest_goes(thread: Thread) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()

    planned = await thread.approved(("Uno.", "Due."), Remedy.EDIT)

    assert [(one.action, one.part, one.remote_id) for one in planned] == [
        (Action.EDIT, 1, "red-1"), (Action.EDIT, 2, "red-2"), (Action.DELETE, 3, "red-3"),
    ]  # fmt: skip


async def test_a_longer_one_is_edited_in_its_place_and_goes_on(thread: Thread) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()

    planned = await thread.approved(("Uno.", *PARTS[1:], "Quattro.", "Cinque."), Remedy.EDIT)

    assert [(one.action, one.part) for one in planned] == [
        (Action.EDIT, 1), (Action.EDIT, 2), (Action.EDIT, 3), (Action.REPLY, 4),
    ]  # fmt: skip


async def test_what_says_all_that_it_should_is_left(thread: Thread) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()

    assert await thread.approved(PARTS, Remedy.REPLACE) == []


@pytest.mark.parametrize("remedy", [Remedy.EDIT, Remedy.REPLY, Remedy.REPLACE])
async def test_what_is_left_of_a_thread_whose_beginning_is_gone_goes_before_the_next_version(
    thread: Thread, remedy: Remedy, clock: Clock
) -> None:
    await thread.sent()
    second = await thread.doubted()
    await thread.edited()
    await thread.approved(["Apre domani."], Remedy.REPLACE)
    await thread.sent()  # the first part's deletion
    await doubts.confirm(
        thread.session, second, "red-2", "https://red-2.it/", by=thread.bruno, now=clock()
    )
    await thread.edited()

    await thread.approved(["Apre lunedì."], remedy)

    taken = await thread.claimed()
    assert (taken.action, taken.remote_id) == (Action.DELETE, "red-2")
    await sending.settle(thread.session, taken, "red-2", "https://red-2.it/", now=clock())
    assert await thread.sent() == ("Apre lunedì.", None)
    assert await thread.is_quiet()


async def test_the_next_version_waits_for_all_that_leaves_of_the_one_before(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    second = await thread.doubted()
    await thread.edited()
    await thread.approved(["Apre domani."], Remedy.REPLACE)
    leaving = await thread.claimed()
    await doubts.confirm(
        thread.session, second, "red-2", "https://red-2.it/", by=thread.bruno, now=clock()
    )
    await thread.edited()
    await thread.approved(["Apre lunedì."], Remedy.REPLACE)

    assert await thread.is_quiet()
    await sending.settle(thread.session, leaving, "red-1", "https://red-1.it/", now=clock())
    assert (await thread.sent())[1] == "red-2"
    assert await thread.sent() == ("Apre lunedì.", None)
    assert await thread.is_quiet()


# ---------------------------------------------------------------- put right while it goes out

RIGHT = ("Apre lo sportello, dal martedì.", "È in Comune.", "Ci si va il martedì.")


@pytest.mark.parametrize("is_out", [True, False])
@pytest.mark.parametrize("edited_first", [True, False])
async def test_a_thread_put_right_while_a_part_is_in_doubt_ends_whole(
    thread: Thread, clock: Clock, is_out: bool, edited_first: bool
) -> None:
    await thread.sent()
    number = await thread.doubted()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.EDIT)

    if edited_first:
        assert await thread.sent() == (RIGHT[0], "red-1")
    if is_out:
        await doubts.confirm(
            thread.session, number, "red-2", "https://red-2.it/", by=thread.bruno, now=clock()
        )
    else:
        await doubts.deny(thread.session, number, by=thread.bruno, now=clock())
    if not edited_first:
        first, *_ = await thread.due()
        assert await thread.sent(first) == (RIGHT[0], "red-1")

    said, under = await thread.sent()
    assert (said, under) == (RIGHT[1], "red-2" if is_out else "red-1")
    assert (await thread.sent())[0] == RIGHT[2]
    assert await thread.is_quiet()


async def test_of_two_edits_that_end_in_any_order_the_last_lets_the_thread_go_on(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    second = await thread.claimed()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.EDIT)
    first = await thread.claimed()
    await sending.settle(thread.session, second, "red-2", "https://red-2.it/", now=clock())

    assert await thread.sent() == (RIGHT[1], "red-2")
    assert await thread.is_quiet()  # the first part may not say yet what it should
    await sending.settle(thread.session, first, "red-1", "https://red-1.it/", now=clock())

    assert await thread.sent() == (RIGHT[2], "red-2")
    assert await thread.is_quiet()


async def test_one_that_replaces_another_and_is_put_right_at_once_ends_whole(
    thread: Thread, clock: Clock
) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()
    await thread.approved(("Nuovo.", "E poi.", "E ancora."), Remedy.REPLACE)
    for _ in PARTS:
        await thread.sent()
    begun = await thread.claimed()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.EDIT)

    await sending.settle(thread.session, begun, "red-n", "https://red-n.it/", now=clock())

    assert await thread.all_sent() == list(RIGHT)


async def test_an_edit_that_was_taken_up_again_lets_the_thread_go_on(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    number = await thread.doubted()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.EDIT)
    edit = await thread.doubted()
    await doubts.deny(thread.session, number, by=thread.bruno, now=clock())
    assert await thread.is_quiet()

    await doubts.deny(thread.session, edit, by=thread.bruno, now=clock())

    assert await thread.all_sent() == list(RIGHT)


async def test_what_a_person_let_go_is_not_planned_again_by_an_edit_that_ends(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    await thread.refused()
    await thread.edited()
    planned = await thread.approved(RIGHT, Remedy.EDIT)
    assert [(one.action, one.part) for one in planned] == [(Action.EDIT, 1), (Action.REPLY, 2)]
    await cancel(thread.session, planned[1].id, by=thread.bruno, now=clock())

    assert await thread.sent() == (RIGHT[0], "red-1")

    assert await thread.is_quiet()


async def test_a_part_that_is_planned_beside_the_edits_is_not_planned_twice(thread: Thread) -> None:
    await thread.sent()
    await thread.refused()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.EDIT)

    assert await thread.all_sent() == list(RIGHT)


async def test_an_edit_in_doubt_is_made_again_though_the_next_version_says_the_same(
    thread: Thread, clock: Clock
) -> None:
    """Nobody knows whether it was performed, and one that is not approved is not sent again."""
    await thread.sent()
    await thread.refused()
    await thread.edited()
    edit, _ = await thread.approved(RIGHT, Remedy.EDIT)
    taken = await thread.claimed(edit.id)
    await sending.leave_unconfirmed(thread.session, taken, "timeout", now=clock())
    await thread.edited()
    latest = (*RIGHT[:2], "Ci si va il giovedì.")
    await thread.approved(latest, Remedy.EDIT)

    await doubts.deny(thread.session, edit.id, by=thread.bruno, now=clock())

    assert await thread.all_sent() == list(latest)


async def test_a_part_is_not_taken_for_the_next_of_another_thread(thread: Thread) -> None:
    await thread.edited()
    await thread.approved(["Apre."], Remedy.LEAVE)
    await thread.sent()
    await thread.edited()
    await thread.approved(["Apre domani."], Remedy.REPLY)
    await thread.sent()
    await thread.edited()
    await thread.approved(("Apre lunedì.", "In Comune."), Remedy.EDIT)
    assert await thread.all_sent() == ["Apre lunedì.", "In Comune."]
    await thread.edited()

    planned = await thread.approved(("Apre lunedì.", "In biblioteca."), Remedy.EDIT)

    assert [(one.action, one.part) for one in planned] == [(Action.EDIT, 1), (Action.EDIT, 2)]


async def test_a_part_whose_place_is_taken_by_a_gap_goes_before_the_thread_goes_on(
    thread: Thread, clock: Clock
) -> None:
    for _ in PARTS:
        await thread.sent()
    await thread.edited()
    await thread.approved(("Nuovo.", "E poi."), Remedy.REPLACE)
    await thread.refused()  # the third part stays
    leaving = await thread.claimed()
    assert leaving.remote_id == "red-2"
    await thread.edited()

    planned = await thread.approved(RIGHT, Remedy.EDIT)

    assert [(one.action, one.part, one.remote_id) for one in planned] == [
        (Action.DELETE, 3, "red-3"), (Action.EDIT, 1, "red-1"), (Action.REPLY, 2, "red-1"),
    ]  # fmt: skip


async def test_an_answer_behind_a_part_that_never_came_out_answers_the_one_before(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    number = await thread.doubted()
    await thread.edited()
    await thread.approved(["Il martedì."], Remedy.REPLY)

    await doubts.deny(thread.session, number, by=thread.bruno, now=clock())

    assert await thread.sent() == ("Il martedì.", "red-1")
    assert await thread.is_quiet()


async def test_a_thread_that_is_to_be_replaced_does_not_go_on_where_it_is_right_so_far(
    thread: Thread, clock: Clock
) -> None:
    await thread.sent()
    number = await thread.doubted()
    await thread.edited()
    await thread.approved((PARTS[0], "È in Comune."), Remedy.REPLACE)

    await doubts.deny(thread.session, number, by=thread.bruno, now=clock())

    taken = await thread.claimed()
    assert (taken.action, taken.remote_id) == (Action.DELETE, "red-1")
    await sending.settle(thread.session, taken, "red-1", "https://red-1.it/", now=clock())
    assert await thread.all_sent() == [PARTS[0], "È in Comune."]


async def test_a_part_whose_thread_goes_from_under_it_is_dropped_and_the_next_version_goes_out(
    thread: Thread, clock: Clock
) -> None:
    """The channel refuses an answer to what is gone; nobody wants that part any more."""
    await thread.sent()
    second = await thread.claimed()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.REPLACE)
    await thread.sent()  # the first part's deletion

    await sending.fail(thread.session, second, "Not found", now=clock())

    assert await thread.all_sent() == list(RIGHT)
    assert FAILED not in [one.state for one in await thread.operations()]


async def test_what_is_refused_after_the_next_version_was_approved_makes_room_for_that(
    thread: Thread, clock: Clock
) -> None:
    first = await thread.claimed()
    await thread.edited()
    await thread.approved(RIGHT, Remedy.LEAVE)

    await sending.fail(thread.session, first, "Parola vietata", now=clock())

    assert await thread.all_sent() == list(RIGHT)
    assert FAILED not in [one.state for one in await thread.operations()]


async def test_what_is_refused_once_it_was_taken_down_asks_for_nobody(
    thread: Thread, clock: Clock
) -> None:
    first = await thread.claimed()
    submission, _ = await thread.case()
    await retract(thread.session, submission, "Chiesto", by=thread.bruno, now=clock())

    await sending.fail(thread.session, first, "Parola vietata", now=clock())

    assert {one.state for one in await thread.operations()} == {CANCELLED}
