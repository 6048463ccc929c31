"""The moderators' group: its commands, and the buttons of its cards."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import IntegrityError

from bot import (
    approving,
    arrivals,
    cards,
    correspondence,
    preview,
    programme,
    prompts,
    retracting,
    texts,
    troubles,
    witness,
)
from bot.approving import changed_meanwhile, decided_already
from bot.prompts import Prompt
from bot.turn import Turn
from content import people, replies, review, submissions
from content.articles import of_submission
from content.decisions import LONGEST_REASON, Verdict
from content.history import Actor, NotAllowed
from content.people import Moderator
from content.replies import ReplyKind
from content.roles import Deed, may, may_invite
from content.silence import InBlackout
from content.slots import NoFreeSlot
from content.store import row_id
from content.submissions import Submission

_TRIES_FOR_A_SLOT: Final = 3
_QUEUE: Final = 20


async def tie(turn: Turn) -> None:
    """/collega: an administrator makes this group the desk."""
    async with turn.transaction() as session:
        member = await people.moderator(session, turn.user_id)
        chat = turn.update.effective_chat
        if member is None and chat is not None and chat.type != "private":
            return  # a stranger's group gets one sentence, when the bot is added
        if member is None or not may(member.role, Deed.TIE_THE_DESK):
            await turn.say(texts.ONLY_ADMINISTRATORS)
        elif chat is None or chat.type == "private":
            await turn.say(texts.TIE_IN_THE_GROUP)
        else:
            by = Actor("moderator", member.id)
            await people.tie_desk(session, chat.id, chat.title or "", by=by, now=turn.now)
            await turn.say(texts.TIED)
            for waiting in await submissions.waiting(session, limit=_QUEUE):
                with suppress(NotAllowed):  # its draft is not made yet: the card comes then
                    await arrivals.bring(turn.newsroom, session, waiting)


async def invite(turn: Turn) -> None:
    """/invita [role]: who may gets a one-time link for a colleague."""
    message = turn.update.effective_message
    said = ((message.text if message else "") or "").partition(" ")[2].strip().casefold()
    role = texts.INVITABLE.get(said)
    async with turn.transaction() as session:
        member = await people.moderator(session, turn.user_id)
        if member is None or not may(member.role, Deed.INVITE):
            await turn.say(texts.ONLY_CHIEFS)
        elif role is None:
            await turn.say(texts.INVITE_USAGE)
        elif not may_invite(member.role, role):
            await turn.say(texts.ABOVE_YOU)
        else:
            by = Actor("moderator", member.id)
            code = await people.invite(session, role, by=by, now=turn.now)
            link = turn.newsroom.start_link(f"r_{code}")
            await turn.say(texts.invitation(link, role))


async def queue(turn: Turn) -> None:
    """/coda: list what waits."""
    async with turn.transaction() as session:
        if await people.moderator(session, turn.user_id) is None:
            await turn.say(texts.ONLY_MODERATORS)
            return
        lines = []
        for one in await submissions.waiting(session, limit=_QUEUE):
            last = await submissions.last_sent(session, one)
            assert last is not None  # what waits was sent
            lines.append(
                texts.queue_line(one.receipt or "", last.organisation or "", last.title, one.state)
            )
        await turn.say("\n".join(lines) or texts.EMPTY_QUEUE)


async def written(turn: Turn) -> None:
    """A text in the group: a reason, or a link, that moderators were asked for, or no matter."""
    message = turn.update.effective_message
    said = ((message.text if message else "") or "").strip()
    async with turn.transaction() as session:
        if await witness.answered(turn, said):
            return
        prompt = await prompts.answered(turn) if said else None
        if prompt is None:
            return
        if prompt.verdict is not None and len(said) > LONGEST_REASON:
            ref = prompts.ref_of(turn.user_id)
            await turn.say(texts.reason_too_long(len(said), LONGEST_REASON), reply=True, ref=ref)
            return
        await session.delete(prompt)
        member = await people.moderator(session, turn.user_id)
        submission = await session.get_one(Submission, prompt.submission_id)
        if member is not None and prompt.verdict is None:
            await correspondence.put(turn, submission, member, said)
        elif member is not None and prompt.verdict is not None:
            note = await _decide(turn, submission, member, prompt.verdict, said, prompt.seen)
            if note:
                await turn.say(note)
    turn.newsroom.happened()


async def button(turn: Turn) -> None:
    """A press on a card: `d:<what>:<number>[:<version, choice or tries>[:<hash seen>]]`."""
    query = turn.update.callback_query
    _, what, number, *rest = f"{query.data if query else ''}:::".split(":")
    for left in reversed(range(_TRIES_FOR_A_SLOT)):
        try:
            note = await _pressed(turn, what, number, rest[0], rest[1])
            break
        except NoFreeSlot:
            note = texts.NO_FREE_SLOT
            async with turn.transaction():
                break
        except InBlackout as refused:
            note = texts.in_blackout(refused.until, refused.reason)
            async with turn.transaction():
                break
        except IntegrityError:  # someone took the same slot a moment ago
            if not left:
                note = texts.PLACE_TAKEN
                async with turn.transaction():
                    pass
    if what in ("ok", "now", "absent", "again", "resume", "free", "gone", "astray"):
        turn.newsroom.planned()  # first of all: what is to go out now must wait for nothing
    await turn.answer(note, alert=bool(note))
    turn.newsroom.happened()


async def _pressed(turn: Turn, what: str, number: str, second: str, third: str) -> str:
    """Do what a button says, in one transaction; return what the press is answered with."""
    async with turn.transaction() as session:
        group = await people.desk(session)
        member = await people.moderator(session, turn.user_id)
        if member is None or group is None or group.chat_id != turn.chat_id:
            return texts.ONLY_MODERATORS
        member.name = turn.user_name
        if what in troubles.BUTTONS:
            return await troubles.mend(turn, member, what, number, second)
        if what == "week":
            return await programme.leaf(turn, number, second)
        if what == "crowd":
            return await arrivals.leaf(turn, number)
        return await _on_case(turn, member, row_id(number), f"{what}:{second}:{third}")


async def _on_case(turn: Turn, member: Moderator, number: int, said: str) -> str:
    what = said.partition(":")[0]
    submission, act = await turn.session.get(Submission, number), _CASE.get(what)
    if submission is None or submission.receipt is None or act is None:
        return texts.UNKNOWN_BUTTON
    if what != "talk" and await of_submission(turn.session, number) is None:
        return texts.NOT_READY
    return await act(turn, submission, member, said)


async def _see(turn: Turn, submission: Submission, _: Moderator, said: str) -> str:
    return await preview.show(turn, submission, said.split(":")[1])


async def _open(turn: Turn, submission: Submission, _: Moderator, __: str) -> str:
    """Bring a case's card here, where it may be read without searching for it."""
    await cards.put(turn.newsroom, turn.session, submission)
    await arrivals.leave(turn.session, submission.id)
    return ""


async def _offer_reasons(turn: Turn, submission: Submission, _: Moderator, said: str) -> str:
    """Change the card's buttons into reasons to choose from."""
    what, version, seen = said.split(":")
    if submission.state not in cards.WAITING:
        return await decided_already(turn, submission)
    article = await review.article_under_review(turn.session, submission)
    if not review.views_match(await turn.newsroom.render(turn.session, article), seen):
        return await changed_meanwhile(turn, submission)
    text, _buttons = await cards.face(turn.newsroom, turn.session, submission, article)
    changes = what == "change"
    offered = await replies.active(turn.session, _kind(changes=changes))
    verb = "ask" if changes else "decline"
    case = f"{submission.id}:{{}}:{seen}"
    keyboard = [[(one.text, f"d:{verb}:{case.format(f'r{one.id}')}")] for one in offered] + [
        [(texts.OTHER_REASON, f"d:{verb}:{case.format('write')}")],
        [(texts.BACK, f"d:back:{submission.id}:{version}:{seen}")],
    ]
    question = texts.WHY_CHANGES if changes else texts.WHY_DECLINE
    await turn.mend(cards.ref_of(submission), f"{text}\n\n<b>{question}</b>", keyboard)
    return ""


async def _back(turn: Turn, submission: Submission, _: Moderator, __: str) -> str:
    await cards.refresh(turn.newsroom, turn.session, submission)
    return ""


async def _give_reason(turn: Turn, submission: Submission, member: Moderator, said: str) -> str:
    verb, choice, seen = said.split(":")
    changes = verb == "ask"
    verdict = Verdict.CHANGES_REQUESTED if changes else Verdict.REJECTED
    reply = await replies.find(turn.session, choice.removeprefix("r"), _kind(changes=changes))
    if reply is not None and choice.startswith("r"):
        return await _decide(turn, submission, member, verdict, reply.text, seen)
    if submission.state not in cards.WAITING:
        return await decided_already(turn, submission)
    await turn.session.merge(
        Prompt(
            moderator_id=turn.user_id,
            chat_id=turn.chat_id,
            submission_id=submission.id,
            verdict=verdict,
            seen=seen,
        )
    )
    question = texts.WHY_CHANGES if changes else texts.WHY_DECLINE
    said = texts.reason_prompt(member.name, submission.receipt or "", question)
    await turn.say(said, reply=True, ref=prompts.ref_of(turn.user_id))
    return ""


async def _decide(
    turn: Turn, submission: Submission, member: Moderator, verdict: Verdict, reason: str, seen: str
) -> str:
    article = await of_submission(turn.session, submission.id)
    posts = await turn.newsroom.render(turn.session, article) if article is not None else []
    try:
        await review.decide(
            turn.session, submission, member, verdict, posts,
            reason=reason, seen=seen, now=turn.now,
        )  # fmt: skip
    except NotAllowed:
        return await decided_already(turn, submission)
    except review.StaleView:
        return await changed_meanwhile(turn, submission)
    except review.OwnSubmission:
        return texts.YOUR_OWN
    except review.NobodyToAsk:
        return texts.NOBODY_TO_ASK
    return ""


def _kind(*, changes: bool) -> ReplyKind:
    return ReplyKind.CHANGES if changes else ReplyKind.DECLINE


Act = Callable[[Turn, Submission, Moderator, str], Awaitable[str]]
_CASE: Final[Mapping[str, Act]] = {
    "ok": approving.approve,
    "now": approving.approve,
    "change": _offer_reasons,
    "no": _offer_reasons,
    "ask": _give_reason,
    "decline": _give_reason,
    "back": _back,
    "see": _see,
    "form": preview.choose,
    "open": _open,
    "release": approving.record_release,
    "alts": approving.accept_alts,
    "talk": correspondence.prompt,
    "away": retracting.ask,
    "gone": retracting.retract,
    "stay": retracting.leave,
}
