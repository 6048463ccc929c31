"""Short ways to where a test begins: a case submitted, drafted, approved."""

from datetime import datetime
from types import SimpleNamespace

from sqlmodel.ext.asyncio.session import AsyncSession

from content import articles, channels, review, slots, submissions
from content.articles import Article
from content.deliveries import Operation
from content.drafting import Draft
from content.history import Actor
from content.people import Participant
from content.posts import Post
from content.review import view_hash
from content.submissions import Revision, Submission

TEXT = "Il Comune di Tirano apre lunedì la nuova biblioteca di quartiere, con orario serale."
DRAFT = Draft(
    title="A Tirano apre la biblioteca di quartiere",
    lead="Orario serale da lunedì.",
    text=TEXT,
    sdgs=(4, 11),
    texts={"facebook": "Apre la biblioteca.", "x": "Apre la biblioteca."},
)
FIRST = "page"
CHANNELS = (FIRST, "red", "blue")
PURPOSES = (*CHANNELS, "rubrica", "facebook", "x", "ebook")
"""What Ada consents to: made-up channels and real ones."""
SEEN = view_hash(())
"""What is seen of a case when nothing of it is shown."""
PICTURE = {
    "sha256": "a" * 64, "mime": "image/jpeg", "width": 1, "height": 1, "alt": "La sala di lettura",
}  # fmt: skip


async def submitted(
    session: AsyncSession, person: Participant, now: datetime
) -> tuple[Submission, Revision]:
    """Return what a person just sent to the newsroom."""
    by = Actor("participant", person.id)
    submission, revision = await submissions.begin(session, person, now=now)
    fields = {"text": TEXT, "title": DRAFT.title, "organisation": "Comune di Tirano"}
    await submissions.write(session, revision, fields, by=by, now=now)
    await submissions.receive(session, submission, revision, by=by, now=now)
    return submission, revision


async def drafted(
    session: AsyncSession, person: Participant, now: datetime
) -> tuple[Submission, Article]:
    """Return a case that waits for a moderator, with its article."""
    submission, revision = await submitted(session, person, now)
    return submission, await articles.draft(session, revision, DRAFT, now=now)


def posts_of(article: Article) -> list[Post]:
    """Return posts for three made-up channels."""
    return [
        Post(channel=name, title=article.title, text=f"{article.title}, on {name}")
        for name in CHANNELS
    ]


async def approved(
    session: AsyncSession, cast: SimpleNamespace, now: datetime, *, immediately: bool = True
) -> list[Operation]:
    """Return the operations of a case that Bruno approved."""
    await channels.open_channels(session, CHANNELS)
    for name in CHANNELS[1:]:
        await slots.furnish(session, name)
    submission, article = await drafted(session, cast.ada, now)
    posts = posts_of(article)
    return await review.approve(
        session,
        submission,
        cast.bruno,
        posts,
        version=article.version,
        seen=review.view_hash(posts),
        page_channel=FIRST,
        immediately=immediately,
        now=now,
    )
