"""First drafts, with what a model sees in the pictures."""

from pathlib import Path
from types import SimpleNamespace

from content import articles, consents, people, submissions
from content.articles import Article
from content.drafting import TemplateAssistant
from content.history import Actor
from content.media import Medium, keep
from content.store import Store
from scheduler.drafts import Drafts
from tests import files, stories
from tests.clock import Clock


class Eyes:
    """Sees the same in every picture, and remembers which it saw."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    async def describe(self, picture: bytes, mime: str, about: str) -> str:
        self.seen.append(picture)
        return f"Una foto per «{about}»."


async def drafted(
    store: Store, cast: SimpleNamespace, clock: Clock, root: Path, eyes: Eyes, media: list[Medium]
) -> Article:
    """Return the article of a case that Ada sent with some media."""
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        submission, revision = await submissions.begin(session, cast.ada, now=clock())
        fields = {"text": stories.TEXT, "title": "Titolo", "organisation": "Comune di Tirano"}
        await submissions.write(session, revision, fields, by=by, now=clock())
        for number, one in enumerate(media):
            name = f"u{number}"
            await submissions.attach(session, revision, one, "f", name, by=by, now=clock())
        await submissions.receive(session, submission, revision, by=by, now=clock())
    drafts = Drafts(store, TemplateAssistant([]), clock, lambda: None, sight=eyes, media_root=root)
    await drafts.sweep()
    async with store.reading() as session:
        article = await articles.of_submission(session, submission.id)
    assert article is not None
    return article


async def test_a_picture_without_words_gets_what_the_model_sees(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    told = keep(tmp_path, files.photo(colour="red")).model_copy(update={"alt": "La facciata"})
    untold, film = keep(tmp_path, files.photo(colour="blue")), keep(tmp_path, files.film())
    eyes = Eyes()

    article = await drafted(store, cast, clock, tmp_path, eyes, [told, untold, film])

    assert [one["alt"] for one in article.media] == [
        "La facciata", "Una foto per «Titolo».", "Titolo",
    ]  # fmt: skip
    assert eyes.seen == [untold.read(tmp_path)]


async def test_no_model_sees_the_pictures_of_who_refuses_it(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    async with store.transaction() as session:
        ada = await people.meet(session, cast.ada.telegram_id, "Ada", now=clock())
        await consents.refuse_ai(session, ada, True, now=clock())
    eyes = Eyes()

    article = await drafted(store, cast, clock, tmp_path, eyes, [keep(tmp_path, files.photo())])

    assert eyes.seen == []
    assert article.media[0]["alt"] == "Titolo"


async def test_a_picture_that_is_lost_keeps_no_piece_from_the_newsroom(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    """As after a restore of the database without its media."""
    lost, here = (keep(tmp_path, files.photo(colour=one)) for one in ("red", "blue"))
    (tmp_path / lost.file_name).unlink()

    article = await drafted(store, cast, clock, tmp_path, Eyes(), [lost, here])

    assert [one["alt"] for one in article.media] == ["Titolo", "Una foto per «Titolo»."]
