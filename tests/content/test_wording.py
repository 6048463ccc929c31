from types import SimpleNamespace

from sqlmodel.ext.asyncio.session import AsyncSession

from content import sayings, submissions, wording
from content.history import Actor
from content.store import Store
from content.submissions import MAX_TEXT, Revision
from tests import stories
from tests.clock import Clock


class Desk:
    """Ada's draft, and short ways to write in it."""

    def __init__(self, session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> None:
        self.session, self.ada, self.clock = session, cast.ada, clock
        self.by = Actor("participant", cast.ada.id)

    async def begin(self) -> Revision:
        _, revision = await submissions.begin(self.session, self.ada, now=self.clock())
        return revision

    async def tell(self, revision: Revision, said: str, number: int | None) -> bool:
        return await wording.tell(
            self.session, revision, said, number, by=self.by, now=self.clock()
        )

    async def correct(self, number: int, said: str) -> bool:
        found = await wording.of_message(self.session, self.ada, number)
        assert found is not None
        part, revision, _ = found
        return await wording.correct(
            self.session, revision, part, said, by=self.by, now=self.clock()
        )


async def test_a_correction_replaces_what_its_message_said_and_nothing_else(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        desk = Desk(session, cast, clock)
        revision = await desk.begin()
        for number, said in enumerate(("Ciao.", "Ciao.", "Fine."), 1):
            await desk.tell(revision, said, number)

        assert await desk.correct(2, "Apre la biblioteca.")
        assert revision.text == "Ciao.\n\nApre la biblioteca.\n\nFine."
        assert await desk.correct(2, "")
        assert revision.text == "Ciao.\n\nFine."
        assert await desk.correct(2, "Di nuovo.")
        assert revision.text == "Ciao.\n\nDi nuovo.\n\nFine."


async def test_words_of_before_stay_where_they_are(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        desk = Desk(session, cast, clock)
        revision = await desk.begin()
        before = {"text": "Scritto altrove."}
        await submissions.write(session, revision, before, by=desk.by, now=clock())

        await desk.tell(revision, "E poi.", 7)
        await desk.correct(7, "E dopo.")

    assert revision.text == "Scritto altrove.\n\nE dopo."


async def test_a_text_changed_by_other_means_is_not_put_back(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        desk = Desk(session, cast, clock)
        revision = await desk.begin()
        await desk.tell(revision, "Prima.", 1)
        await submissions.write(session, revision, {"text": "Altro."}, by=desk.by, now=clock())

        assert not await desk.correct(1, "Seconda.")

    assert revision.text == "Altro."


async def test_too_much_is_neither_told_nor_corrected(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        desk = Desk(session, cast, clock)
        revision = await desk.begin()
        await desk.tell(revision, "Poco.", 1)

        assert not await desk.tell(revision, "a" * MAX_TEXT, 2)
        assert not await desk.correct(1, "a" * (MAX_TEXT + 1))

    assert revision.text == "Poco."


async def test_a_new_text_takes_the_place_of_all_messages(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        desk = Desk(session, cast, clock)
        revision = await desk.begin()
        await desk.tell(revision, "Uno.", 1)
        await desk.tell(revision, "Due.", 2)
        await wording.answer(session, revision, sayings.STORY, "Tutto nuovo.", 3)
        await submissions.write(
            session, revision, {"text": "Tutto nuovo."}, by=desk.by, now=clock()
        )

        assert await wording.of_message(session, cast.ada, 1) is None
        assert await desk.correct(3, "Nuovo davvero.")

    assert revision.text == "Nuovo davvero."


async def test_a_message_is_found_in_the_newest_revision_and_only_by_who_wrote_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        desk = Desk(session, cast, clock)
        submission, first = await submissions.begin(session, cast.ada, now=clock())
        await desk.tell(first, stories.TEXT, 5)
        fields = {"title": "Titolo", "organisation": "Comune di Tirano"}
        await submissions.write(session, first, fields, by=desk.by, now=clock())
        await submissions.receive(session, submission, first, by=desk.by, now=clock())
        second = await submissions.revise(session, submission, by=desk.by, now=clock())

        found = await wording.of_message(session, cast.ada, 5)

        assert found is not None
        assert (found[1].id, found[0].text) == (second.id, stories.TEXT)
        assert await wording.of_message(session, cast.carla, 5) is None
