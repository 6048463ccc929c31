"""How a case is let out: one approval or two, again after an edit, never a picture unsaid."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import channels, editing, labs, review, sending, versions
from content.alts import PROPOSED, MissingAltText
from content.approvals import ApprovedAlready, may_be_approved
from content.articles import Article
from content.decisions import Decision, NoReason, Verdict
from content.deliveries import Action, Operation
from content.editing import EditedMeanwhile
from content.history import Actor, History, NotAllowed
from content.people import Moderator, Role
from content.posts import Post
from content.review import OwnSubmission, StaleView
from content.store import Store
from content.submissions import Submission
from content.workflow import ArticleState, OperationState, SubmissionState
from tests import stories
from tests.clock import Clock


async def approve(
    session: AsyncSession,
    case: tuple[Submission, Article],
    who: Moderator,
    clock: Clock,
    posts: Sequence[Post] | None = None,
) -> list[Operation]:
    """Have somebody approve what they see now."""
    submission, article = case
    shown = stories.posts_of(article) if posts is None else posts
    return await review.approve(
        session, submission, who, shown, version=article.version, seen=review.view_hash(shown),
        page_channel=stories.FIRST, immediately=True, now=clock(),
    )  # fmt: skip


async def drafted(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock, *, approvals: int = 1
) -> tuple[Submission, Article]:
    """Return a case that waits, told in a Lab that asks for so many approvals."""
    await channels.open_channels(session, stories.CHANNELS)
    by = Actor("moderator", cast.bruno.id)
    lab, _ = await labs.create(session, "Comuni digitali", 2027, by=by, now=clock())
    await labs.ask_approvals(session, lab, approvals, by=by, now=clock())
    ada = await session.merge(cast.ada)
    await labs.join(session, ada, lab, now=clock())
    return await stories.drafted(session, ada, clock())


async def edited(
    session: AsyncSession, article: Article, who: Moderator, clock: Clock, **changes: Any
) -> None:
    await editing.edit(session, article, changes, by=Actor("moderator", who.id), now=clock())


# ---------------------------------------------------------------- two approvals


async def test_two_approvals_are_two_persons(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock, approvals=2)

        assert await approve(session, case, cast.bruno, clock) == []
        assert (case[0].state, case[1].state) == ("in_review", "draft")
        with pytest.raises(ApprovedAlready):
            await approve(session, case, cast.bruno, clock)

        assert len(await approve(session, case, cast.gaia, clock)) == len(stories.CHANNELS)
        decided = (await session.exec(select(Decision).order_by(col(Decision.id)))).all()

    assert case[0].state is SubmissionState.ACCEPTED
    assert [one.verdict for one in decided] == [Verdict.APPROVED_ONCE, Verdict.ACCEPTED]
    assert [one.number for one in decided] == [1, 2]
    assert {one.seen_sha256 for one in decided} == {review.view_hash(stories.posts_of(case[1]))}


@pytest.mark.parametrize("back", [False, True])
async def test_an_edit_in_between_voids_the_first(
    store: Store, cast: SimpleNamespace, clock: Clock, *, back: bool
) -> None:
    """Also one that is taken back: nobody approved the version that stands."""
    async with store.transaction() as session:
        case = await drafted(session, cast, clock, approvals=2)
        title = case[1].title
        await approve(session, case, cast.bruno, clock)
        await edited(session, case[1], cast.gaia, clock, title="Altro")
        if back:
            await edited(session, case[1], cast.gaia, clock, title=title)

        assert await approve(session, case, cast.gaia, clock) == []
        assert await approve(session, case, cast.bruno, clock)


async def test_the_second_sees_what_the_first_saw_or_nothing_goes_out(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock, approvals=2)
        posts = stories.posts_of(case[1])
        await approve(session, case, cast.bruno, clock, posts)
        other = [post.model_copy(update={"text": "Altro"}) for post in posts]

        assert await approve(session, case, cast.gaia, clock, other) == []


async def test_a_refusal_between_two_approvals_stands(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock, approvals=2)
        await approve(session, case, cast.bruno, clock)
        await review.decide(
            session,
            case[0],
            cast.gaia,
            Verdict.REJECTED,
            reason="No",
            seen=stories.SEEN,
            now=clock(),
        )

        with pytest.raises(NotAllowed):
            await approve(session, case, cast.gaia, clock)


# ---------------------------------------------------------------- after an edit


async def test_what_was_edited_is_approved_again_and_only_the_page_follows(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        page, red, blue = await approve(session, case, cast.bruno, clock)
        for operation in (page, red):
            claimed = await sending.claim_due(session, operation.id, "worker", now=clock())
            assert claimed is not None
            await sending.settle(session, claimed, f"{operation.channel}-1", "", now=clock())
        await edited(session, case[1], cast.gaia, clock, title="Altro")
        assert may_be_approved(*case)

        again = await approve(session, case, cast.bruno, clock)

        await session.refresh(blue)
        assert blue.state is OperationState.CANCELLED
        assert [(one.channel, one.action) for one in again] == [
            (stories.FIRST, Action.EDIT), ("blue", Action.CREATE),
        ]  # fmt: skip
        assert again[0].remote_id == "page-1"
        claimed = await sending.claim_due(session, again[0].id, "worker", now=clock())
        assert claimed is not None
        assert claimed.action is Action.EDIT
        told = (await session.exec(select(History.verb).where(History.noun == "submission"))).all()

    assert case[0].state is SubmissionState.ACCEPTED
    assert case[1].state is ArticleState.APPROVED
    assert told.count("accepted") == told.count("approved_again") == 1


async def test_what_stands_approved_is_not_approved_twice(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        await approve(session, case, cast.bruno, clock)

        with pytest.raises(NotAllowed):
            await approve(session, case, cast.gaia, clock)
        assert len((await session.exec(select(Decision))).all()) == 1


async def test_nobody_approves_their_own_edit_of_another_s_screen(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        old = stories.posts_of(case[1])
        await edited(session, case[1], cast.gaia, clock, title="Altro")

        with pytest.raises(StaleView):
            await review.approve(
                session, case[0], cast.bruno, old, version=1, seen=review.view_hash(old),
                page_channel=stories.FIRST, immediately=True, now=clock(),
            )  # fmt: skip


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("reason", [None, "", " \n"])
async def test_a_case_is_not_declined_without_a_reason(
    store: Store, cast: SimpleNamespace, clock: Clock, reason: str | None
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.drafted(session, cast.ada, clock())
        for verdict in (Verdict.REJECTED, Verdict.CHANGES_REQUESTED):
            with pytest.raises(NoReason):
                await review.decide(
                    session,
                    submission,
                    cast.bruno,
                    verdict,
                    reason=reason,
                    seen=stories.SEEN,
                    now=clock(),
                )


async def test_nobody_approves_what_they_told(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        ada = Moderator(telegram_id=cast.ada.telegram_id, name="Ada", role=Role.MODERATOR,
                        created_at=clock())  # fmt: skip
        with pytest.raises(OwnSubmission):
            await approve(session, case, ada, clock)


# ---------------------------------------------------------------- pictures


async def test_a_picture_goes_out_once_somebody_said_what_it_shows(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        picture = {**stories.PICTURE, "alt": case[1].title, PROPOSED: True}
        case[1].media = [picture, {**picture, "sha256": "b" * 64}]
        with pytest.raises(MissingAltText):
            await approve(session, case, cast.bruno, clock)
        by, version = Actor("moderator", cast.bruno.id), case[1].version

        for done in (True, False):
            accepted = editing.accept_alts(session, case[1], version=version, by=by, now=clock())
            assert await accepted is done

        assert case[1].version == version
        assert await approve(session, case, cast.bruno, clock)


async def test_what_is_proposed_for_the_pictures_of_a_newer_version_is_not_accepted_unseen(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        case[1].media = [{**stories.PICTURE, "alt": case[1].title, PROPOSED: True}]
        by, seen = Actor("moderator", cast.bruno.id), case[1].version
        await editing.edit(session, case[1], {"lead": "Altro."}, by=by, now=clock())

        with pytest.raises(editing.EditedMeanwhile):
            await editing.accept_alts(session, case[1], version=seen, by=by, now=clock())


@pytest.mark.parametrize("alt", ["", "  "])
async def test_an_empty_description_cannot_be_accepted(
    store: Store, cast: SimpleNamespace, clock: Clock, alt: str
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        case[1].media = [{**stories.PICTURE, "alt": alt}]
        by = Actor("moderator", cast.bruno.id)

        accepted = editing.accept_alts(
            session, case[1], version=case[1].version, by=by, now=clock()
        )
        assert not await accepted
        with pytest.raises(MissingAltText):
            await approve(session, case, cast.bruno, clock)


async def test_words_that_an_editor_writes_need_no_acceptance(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await drafted(session, cast, clock)
        proposed = {**stories.PICTURE, "alt": case[1].title, PROPOSED: True}
        case[1].media = [proposed, {**proposed, "sha256": "b" * 64}]
        media = [{**proposed, "alt": "La sala piena"}, case[1].media[1]]
        await edited(session, case[1], cast.gaia, clock, media=media)

        assert PROPOSED not in case[1].media[0]
        assert PROPOSED in case[1].media[1]


# ---------------------------------------------------------------- versions


async def test_what_the_model_wrote_and_what_people_changed_are_kept(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        _, article = await drafted(session, cast, clock)
        await edited(session, article, cast.gaia, clock, title="Altro", section="articoli")
        kept = await versions.of(session, article.id)
        events = select(History).where(History.noun == "article", History.verb == "edited")
        [event] = (await session.exec(events)).all()

    assert [(one.version, one.by) for one in kept] == [(1, "newsroom"), (2, "moderator")]
    assert [one.content["title"] for one in kept] == [stories.DRAFT.title, "Altro"]
    assert set(event.data["fields"]) == {"title", "section"}
    assert event.data["fields"]["title"]["after"] == versions.digest("Altro")
    assert event.data["sha256"] == versions.digest(kept[1].content)


async def test_two_editors_do_not_overwrite_each_other_unseen(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        _, article = await drafted(session, cast, clock)
        await edited(session, article, cast.gaia, clock, title="Altro")

        with pytest.raises(EditedMeanwhile):
            by = Actor("moderator", cast.bruno.id)
            await editing.edit(session, article, {"lead": "No"}, by=by, now=clock(), version=1)
