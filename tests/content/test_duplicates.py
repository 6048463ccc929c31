from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from content import duplicates, submissions
from content.fingerprints import fingerprint
from content.history import Actor
from content.people import Participant
from content.store import Store
from content.submissions import Revision, Submission
from tests import stories
from tests.clock import Clock

OTHER_TEXT = (
    "Da oggi si può leggere anche la sera, nella sala nuova di via Roma, con tè e biscotti."
)


async def written(
    session: AsyncSession, person: Participant, clock: Clock, **fields: str
) -> tuple[Submission, Revision]:
    submission, revision = await submissions.begin(session, person, now=clock())
    by = Actor("participant", person.id)
    await submissions.write(session, revision, fields, by=by, now=clock())
    return submission, revision


def test_a_copy_has_the_same_fingerprint_whatever_its_signs() -> None:
    assert fingerprint("Apre la  biblioteca,\nlunedì!") == fingerprint(
        "APRE la biblioteca — lunedì"
    )
    assert fingerprint("Apre la biblioteca") != fingerprint("Chiude la biblioteca")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"text": stories.TEXT.upper(), "title": "Altro", "organisation": "Comune di Lodi"}, True),
        (
            {
                "text": OTHER_TEXT,
                "title": "Apre a Tirano la biblioteca di quartiere",
                "organisation": "Comune di Tirano",
            },
            True,
        ),
        (
            {
                "text": OTHER_TEXT,
                "title": stories.DRAFT.title,
                "organisation": "Comune di Lodi",
            },
            False,
        ),
        (
            {"text": OTHER_TEXT, "title": "Cento querce", "organisation": "Comune di Tirano"},
            False,
        ),
    ],
    ids=["same words", "same body, like title", "other body", "other title"],
)
async def test_what_counts_as_told_before(
    store: Store, cast: SimpleNamespace, clock: Clock, fields: dict[str, str], found: bool
) -> None:
    async with store.transaction() as session:
        first, _ = await stories.submitted(session, cast.ada, clock())
        clock.forward(days=1)
        draft = await written(session, cast.carla, clock, **fields)
        alike = await duplicates.alike(session, *draft, now=clock())

    assert [one.id for one in alike] == ([first.id] if found else [])


async def test_what_was_told_long_ago_or_withdrawn_does_not_count(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        await stories.submitted(session, cast.ada, clock())
        clock.forward(days=duplicates.WINDOW / timedelta(days=1) + 1)
        taken_back, _ = await stories.submitted(session, cast.ada, clock())
        await submissions.withdraw(session, taken_back, by=by, now=clock())
        clock.forward(days=1)
        draft = await written(session, cast.ada, clock, text=stories.TEXT)

        assert await duplicates.alike(session, *draft, now=clock()) == []


async def test_the_first_of_two_is_not_flagged_by_the_second(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        first = await stories.submitted(session, cast.ada, clock())
        second = await stories.submitted(session, cast.ada, clock.forward(hours=1))

        assert await duplicates.alike(session, *first, now=clock()) == []
        assert await duplicates.alike(session, *second, now=clock()) == [first[0]]
