"""The moderators' group: its commands, and the buttons of its cards."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from bot import cards, outbox, texts
from bot.turn import Turn
from content import channels, doubts, people, planning, review, submissions
from content.history import Actor, NotAllowed
from content.people import Moderator, Role
from content.review import Verdict
from content.silence import InBlackout
from content.slots import NoFreeSlot
from content.store import by_value, telegram_id
from content.submissions import Submission

_TRIES_FOR_A_SLOT: Final = 3
_QUEUE: Final = 20
_LONGEST_REASON: Final = 1000


class Prompt(SQLModel, table=True):
    """That a moderator was asked to write the reason of a verdict."""

    moderator_id: int = telegram_id(primary_key=True)
    chat_id: int = telegram_id()
    submission_id: int = Field(foreign_key="submission.id")
    verdict: Verdict = Field(sa_column=by_value(Verdict))
    seen: str


async def tie(turn: Turn) -> None:
    """/collega: an administrator makes this group the desk."""
    async with turn.transaction() as session:
        member = await people.moderator(session, turn.user_id)
        chat = turn.update.effective_chat
        if member is None or member.role is not Role.ADMINISTRATOR:
            await turn.say(texts.ONLY_ADMINISTRATORS)
        elif chat is None or chat.type == "private":
            await turn.say(texts.TIE_IN_THE_GROUP)
        else:
            by = Actor("moderator", member.id)
            await people.tie_desk(session, chat.id, chat.title or "", by=by, now=turn.now)
            await turn.say(texts.TIED)
            for waiting in await submissions.waiting(session, limit=_QUEUE):
                await cards.put(turn.newsroom, session, waiting)


async def invite(turn: Turn) -> None:
    """/invita: an administrator gets a one-time link for a colleague."""
    async with turn.transaction() as session:
        member = await people.moderator(session, turn.user_id)
        if member is None or member.role is not Role.ADMINISTRATOR:
            await turn.say(texts.ONLY_ADMINISTRATORS)
            return
        by = Actor("moderator", member.id)
        code = await people.invite(session, Role.MODERATOR, by=by, now=turn.now)
        await turn.say(texts.invitation(f"https://t.me/{turn.newsroom.username}?start=r_{code}"))


async def queue(turn: Turn) -> None:
    """/coda: list what waits."""
    async with turn.transaction() as session:
        if await people.moderator(session, turn.user_id) is None:
            await turn.say(texts.ONLY_MODERATORS)
            return
        lines = []
        for one in await submissions.waiting(session, limit=_QUEUE):
            last = await submissions.latest(session, one)
            lines.append(
                texts.queue_line(one.receipt or "", last.organisation or "", last.title, one.state)
            )
        await turn.say("\n".join(lines) or texts.EMPTY_QUEUE)


async def written(turn: Turn) -> None:
    """A text in the group: the reason that a moderator was asked for, or nothing of ours."""
    message = turn.update.effective_message
    said = ((message.text if message else "") or "").strip()[:_LONGEST_REASON]
    async with turn.transaction() as session:
        prompt = await session.get(Prompt, turn.user_id)
        if prompt is None or prompt.chat_id != turn.chat_id or not said:
            return
        await session.delete(prompt)
        member = await people.moderator(session, turn.user_id)
        submission = await session.get_one(Submission, prompt.submission_id)
        if member is not None:
            note = await _decide(turn, submission, member, prompt.verdict, said, prompt.seen)
            if note:
                await turn.say(note)
    turn.newsroom.happened()


async def button(turn: Turn) -> None:
    """A press on a card: `d:<what>:<number>[:<version or choice>[:<hash seen>]]`."""
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
                raise
    if what in ("ok", "now", "absent", "again", "resume", "free"):
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
        if what in _TROUBLE:
            return await _mended(turn, member, what, number)
        submission = await session.get(Submission, int(number)) if number.isdecimal() else None
        if submission is None:
            return texts.UNKNOWN_BUTTON
        if what == "see":
            return await _preview(turn, submission, second)
        if what not in _CASE:
            return texts.UNKNOWN_BUTTON
        return await _CASE[what](turn, submission, member, f"{what}:{second}:{third}")


async def _approve(turn: Turn, submission: Submission, member: Moderator, said: str) -> str:
    what, version, seen = said.split(":")
    article = await review.article_under_review(turn.session, submission)
    posts = await turn.newsroom.render(turn.session, article)
    try:
        await review.approve(
            turn.session,
            submission,
            member,
            posts,
            version=int(version) if version.isdecimal() else 0,
            seen=seen,
            page_channel=turn.newsroom.page_channel,
            immediately=what == "now",
            now=turn.now,
        )
    except NotAllowed:
        return await _decided_already(turn, submission)
    except review.OwnSubmission:
        return texts.YOUR_OWN
    except review.StaleView:
        await cards.put(turn.newsroom, turn.session, submission)
        return texts.CHANGED_MEANWHILE
    return ""


async def _offer_reasons(turn: Turn, submission: Submission, _: Moderator, said: str) -> str:
    """Change the card's buttons into reasons to choose from."""
    what, version, seen = said.split(":")
    if submission.state not in cards.WAITING:
        return await _decided_already(turn, submission)
    article = await review.article_under_review(turn.session, submission)
    text, _buttons = await cards.face(turn.newsroom, turn.session, submission, article)
    changes = what == "change"
    reasons = texts.CHANGE_REASONS if changes else texts.DECLINE_REASONS
    verb = "ask" if changes else "decline"
    case = f"{submission.id}:{{}}:{seen}"
    keyboard = [[(reason, f"d:{verb}:{case.format(n)}")] for n, reason in enumerate(reasons)] + [
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
    reasons = texts.CHANGE_REASONS if changes else texts.DECLINE_REASONS
    if choice.isdecimal() and int(choice) < len(reasons):
        return await _decide(turn, submission, member, verdict, reasons[int(choice)], seen)
    if submission.state not in cards.WAITING:
        return await _decided_already(turn, submission)
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
    await turn.say(texts.reason_prompt(member.name, submission.receipt or "", question), reply=True)
    return ""


async def _decide(
    turn: Turn, submission: Submission, member: Moderator, verdict: Verdict, reason: str, seen: str
) -> str:
    try:
        await review.decide(
            turn.session, submission, member, verdict, reason=reason, seen=seen, now=turn.now
        )
    except NotAllowed:
        return await _decided_already(turn, submission)
    except review.OwnSubmission:
        return texts.YOUR_OWN
    return ""


async def _decided_already(turn: Turn, submission: Submission) -> str:
    decided = await review.decision_of(turn.session, submission)
    return texts.decided_already(submission.state, decided[1].name if decided else None)


async def _preview(turn: Turn, submission: Submission, channel: str) -> str:
    """Show in the group exactly what a channel would be sent."""
    publisher = turn.newsroom.publishers.get(channel)
    article = await review.article_under_review(turn.session, submission)
    if publisher is None:
        return texts.UNKNOWN_BUTTON
    posts = await turn.newsroom.render(turn.session, article)
    post = next(one for one in posts if one.channel == channel)
    if post.media and publisher.limits.text:
        files = [medium.file_name for medium in post.media]
        await outbox.show(turn.session, turn.chat_id, files, publisher.label, now=turn.now)
    for part in texts.pages(cards.readable(post)):
        await turn.say(texts.preview(publisher.label, part))
    return ""


async def _mended(turn: Turn, member: Moderator, what: str, which: str) -> str:
    """Do to an operation, or to a paused channel, what a moderator says."""
    by, session, now = Actor("moderator", member.id), turn.session, turn.now
    try:
        match what:
            case "resume":
                done = await channels.resume(session, which, by=by, now=now)
                return "" if done else texts.ALREADY_SOLVED
            case "out":
                await doubts.confirm(session, int(which), texts.BY_HAND, "", by=by, now=now)
            case "absent":
                await doubts.deny(session, int(which), by=by, now=now)
            case "again":
                await planning.resend(session, int(which), by=by, now=now)
            case "move":
                moved = await planning.move_on(session, int(which), by=by, now=now)
                return texts.moved(turn.newsroom.label(moved.channel), moved.local_time)
            case "hold" | "free":
                reason = texts.held_by(member.name) if what == "hold" else None
                await planning.hold(session, int(which), reason, by=by, now=now)
            case _:
                await planning.cancel(session, int(which), by=by, now=now)
    except NotAllowed:
        return texts.ALREADY_SOLVED
    return texts.DONE


Act = Callable[[Turn, Submission, Moderator, str], Awaitable[str]]
_CASE: Final[Mapping[str, Act]] = {
    "ok": _approve,
    "now": _approve,
    "change": _offer_reasons,
    "no": _offer_reasons,
    "ask": _give_reason,
    "decline": _give_reason,
    "back": _back,
}
_TROUBLE: Final = frozenset({"out", "absent", "again", "drop", "resume", "move", "hold", "free"})
