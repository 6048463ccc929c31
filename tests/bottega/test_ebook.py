"""E-books from the shell: proposed, looked over, written."""

import asyncio
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from bottega.cli import app
from content import consents, people
from content.people import Participant, Role
from content.store import Store
from publishers.ebook import typesetting
from tests import editions as books
from tests.clock import Clock
from tests.stories import PURPOSES


@pytest.fixture
def newsroom(tmp_path: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newsroom in which a Lab has a piece that is out, and one without consent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(books, "PAGE", "rubrica")
    monkeypatch.setattr("tests.stories.CHANNELS", ("rubrica",))
    shutil.copy(empty_sqlite, tmp_path / "bottega.db")
    asyncio.run(furnish(tmp_path, Clock()))
    return tmp_path


async def furnish(folder: Path, clock: Clock) -> None:
    store = Store(f"sqlite+aiosqlite:///{folder / 'bottega.db'}")
    async with store.transaction() as session:
        ada = await people.meet(session, 1001, "Ada Rossi", now=clock())
        carla = await people.meet(session, 3001, "Carla Neri", now=clock())
        await consents.accept(session, ada, PURPOSES, now=clock())
        await consents.accept(session, carla, ("rubrica",), now=clock())
        bruno = await people.appoint(session, 2001, "Bruno Galli", Role.ADMINISTRATOR, now=clock())
        cast = SimpleNamespace(ada=ada, bruno=bruno)
        lab = await books.lab_of(session, cast, clock())
        await books.published(session, cast, clock(), "A Tirano apre la biblioteca")
        (await session.get_one(Participant, carla.id)).lab_id = lab.id
        await books.published(session, cast, clock(), "Senza consenso", person=carla)
    await store.close()


@pytest.fixture
def run(newsroom: Path) -> Callable[..., Any]:
    return lambda *words: CliRunner().invoke(app, ["ebook", *words])


def test_an_ebook_is_proposed_and_written_in_every_form(
    newsroom: Path, run: Callable[..., Any]
) -> None:
    assert "nessun e-book" in run("list").output
    assert "Proposto l’e-book 1" in run("propose", "citta-intelligenti-2027").output
    assert "1  Città intelligenti (Città intelligenti), in preparazione" in run("list").output

    done = run("build", "1")

    assert done.exit_code == 0
    assert "«Senza consenso»: chi l’ha scritto non ha dato il consenso" in done.output
    written = sorted(path.name for path in (newsroom / "ebooks").iterdir())
    name = "citta-intelligenti-2027-1"
    assert written == [f"{name}-stampa.pdf", f"{name}.epub", f"{name}.pdf"]
    with zipfile.ZipFile(newsroom / f"ebooks/{name}.epub") as archive:
        assert "Senza consenso" not in archive.read("EPUB/nav.xhtml").decode()


def test_what_is_missing_is_said(run: Callable[..., Any]) -> None:
    run("propose", "citta-intelligenti-2027")

    told = run("check", "1")

    assert told.exit_code == 1
    assert "Manca la prefazione." in told.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "7"), "Non c’è nessun e-book 7"),
        (("check", "uno"), "Non c’è nessun e-book uno"),
        (("propose", "altro"), "Ci sono: citta-intelligenti-2027."),
    ],
)
def test_what_is_not_there_is_said(
    run: Callable[..., Any], words: tuple[str, ...], said: str
) -> None:
    told = run(*words)

    assert told.exit_code == 1
    assert said in told.output


def test_where_nothing_can_be_written_it_is_said(newsroom: Path, run: Callable[..., Any]) -> None:
    run("propose", "citta-intelligenti-2027")
    (newsroom / "file").write_text("")

    told = run("build", "1", "--to", str(newsroom / "file"), "--form", "epub")

    assert told.exit_code == 1
    assert "Non riesco a scrivere" in told.output


def test_a_book_too_large_for_a_pdf_is_said(
    newsroom: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("propose", "citta-intelligenti-2027")
    monkeypatch.setattr(typesetting, "MEMORY", 96 << 20)

    told = run("build", "1", "--form", "pdf")

    assert told.exit_code == 1
    assert "troppo grande per farne un PDF" in told.output
    assert list((newsroom / "ebooks").iterdir()) == []

    told = run("build", "1")

    assert told.exit_code == 1
    assert "troppo grande per farne un PDF" in told.output
    name = "citta-intelligenti-2027-1.epub"
    assert [one.name for one in (newsroom / "ebooks").iterdir()] == [name]
    assert "page-list" not in contents(newsroom)


def contents(newsroom: Path) -> str:
    with zipfile.ZipFile(newsroom / "ebooks/citta-intelligenti-2027-1.epub") as archive:
        return archive.read("EPUB/nav.xhtml").decode()


def test_an_epub_alone_is_the_very_one_that_comes_with_the_pdf_whose_pages_it_tells(
    newsroom: Path, run: Callable[..., Any]
) -> None:
    run("propose", "citta-intelligenti-2027")

    assert run("build", "1", "--form", "epub").exit_code == 0
    (path,) = (newsroom / "ebooks").iterdir()
    alone = path.read_bytes()
    assert run("build", "1", "--form", "epub", "--form", "pdf").exit_code == 0

    assert path.read_bytes() == alone
    assert "page-list" in contents(newsroom)
