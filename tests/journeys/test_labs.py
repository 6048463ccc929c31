"""Labs: opened by who coordinates the newsroom, joined by a link or its QR code."""

from sqlmodel import select

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from content.people import Lab
from content.submissions import Submission
from tests.journeys.people import Phone, buttons
from tests.journeys.test_participant import STORY

CREATE = '/lab crea "Comuni digitali" 2027'


async def test_a_lab_is_opened_listed_and_joined_and_what_is_told_belongs_to_it(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    bruno.write(CREATE)
    code = await bruno.sees("Comuni digitali", "start=lab_comuni-digitali-2027")
    assert code["photo"]
    bruno.write("/lab")
    listed = await bruno.sees("«Comuni digitali» (2027)", after=code["message_id"])
    await bruno.presses(buttons(listed)[0], listed)
    assert (await bruno.sees("entra nel", after=listed["message_id"]))["photo"]

    ada.write("/start lab_comuni-digitali-2027")
    await ada.presses("✅ Ho letto e accetto", await ada.sees("Partecipi al Laboratorio"))
    await ada.sees("raccontami")
    ada.write(STORY)
    await ada.submits(await ada.sees("C’è tutto"))

    async with newsroom.store.reading() as session:
        lab = (await session.exec(select(Lab))).one()
        assert (await session.exec(select(Submission.lab_id))).one() == lab.id


async def test_only_those_who_coordinate_open_labs(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, gaia: Phone
) -> None:
    gaia.write(CREATE)
    await gaia.sees("Solo chi coordina")

    ada.write(CREATE)
    await ada.sees("Solo chi amministra")
    gaia.write("/lab crea senza virgolette")
    await gaia.sees("scrivi il titolo fra virgolette")
    async with newsroom.store.reading() as session:
        assert (await session.exec(select(Lab))).all() == []


async def test_a_link_to_no_lab_lets_the_person_in_all_the_same(
    newsroom: Runtime, ada: Phone
) -> None:
    ada.write("/start lab_mai-visto-2020")

    await ada.sees("non corrisponde a nessun Laboratorio", "Per cominciare")
