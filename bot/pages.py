"""Links that people send: the page's own title and picture, where it may be looked at."""

from typing import Any, Final

from bot import scheda, telling, texts
from bot.conversation import conversation, open_draft
from bot.outbox import Keyboard
from bot.rights import admitted
from bot.turn import Turn
from content import submissions
from content.history import Actor
from content.links import Page
from content.media import Medium, MediumRefused, keep
from content.people import Participant
from content.places import is_map
from content.recognition import links_of, recognise, without_links
from content.store import row_id
from content.submissions import MIN_TEXT, Revision, Submission

_BUTTON: Final = "p:picture:"
"""No database numbers more rows."""


async def peek(turn: Turn, said: str) -> Page | None:
    """Look at the page of a message that is little more than a link; before any transaction."""
    links = links_of(said)
    if (
        not links
        or is_map(links[0])
        or len(without_links(said)) >= MIN_TEXT
        or await telling.known(turn) is None
    ):
        return None
    return await turn.newsroom.links.page(_whole(links[0]))


async def use(
    turn: Turn, revision: Revision, person: Participant, page: Page | None
) -> tuple[str, Keyboard]:
    """Give a draft without a title that of its page; return a notice, and what else is offered."""
    if page is None:
        return "", []
    offered = [[(texts.PAGE_PICTURE, f"{_BUTTON}{revision.submission_id}")]] if page.image else []
    if not page.title or revision.title:
        return "", offered
    found: dict[str, Any] = {"title": page.title}
    if not revision.organisation:
        found |= telling.whose(recognise(f"{page.title}\n{page.description}"))
    await telling.fill(turn, revision, person, found)
    return texts.from_page(page.title), offered


async def pressed(turn: Turn) -> None:
    """A press on "use the page's picture": `p:picture:<submission>`."""
    query = turn.update.callback_query
    number = (query.data or "").removeprefix(_BUTTON) if query else ""
    medium = await _picture(turn, row_id(number)) if row_id(number) else None
    note = ""
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        draft = await open_draft(session, talk)
        if draft is None or str(draft[0].id) != number:
            note = texts.NOT_OPEN
        elif medium is None:
            note = texts.NO_PAGE_PICTURE
        else:
            by, name = Actor("participant", person.id), f"page:{medium.sha256}"
            count = await submissions.attach(
                session, draft[1], medium, "", name, by=by, now=turn.now
            )
            notice = texts.PAGE_PICTURE_ADDED if count else texts.TOO_MANY_PHOTOS
            await scheda.show(turn, talk, person, *draft, notice=notice)
    await turn.answer(note, alert=bool(note))


async def _picture(turn: Turn, number: int) -> Medium | None:
    """Fetch the picture of the page that a draft of this person links to."""
    person, links = await telling.known(turn), turn.newsroom.links
    async with turn.newsroom.store.reading() as session:
        case = await session.get(Submission, number)
        if person is None or case is None or case.participant_id != person.id:
            return None
        link = (await submissions.latest(session, case)).link
    page = await links.page(_whole(link)) if link else None
    data = await links.picture(page.image) if page and page.image else None
    if data is None:
        return None
    try:
        return await turn.newsroom.aside(keep, turn.newsroom.media_root, data)
    except MediumRefused:
        return None


def _whole(link: str) -> str:
    return link if "://" in link else f"https://{link}"
