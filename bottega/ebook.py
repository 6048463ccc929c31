"""E-books from the shell: `bottega ebook list|propose|build|check`."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from bottega.alone import CannotStart, opened
from bottega.settings import Settings
from content import arranging, binding, editions, labs
from content.binding import Book, Bound
from content.editions import Edition
from content.history import NEWSROOM
from content.people import Lab
from content.publication import Absence
from content.store import row_id
from content.workflow import EditionState
from publishers import Rubrica, ebook

NOT_WELL: Final = 1
_MOST: Final = 100
_STATES: Final = {EditionState.DRAFT: "in preparazione", EditionState.FINISHED: "finito"}
_ABSENCES: Final = {
    Absence.RETRACTED: "è stato ritirato",
    Absence.NOT_OUT: "non è ancora uscito nella rubrica",
    Absence.NO_CONSENT: "chi l’ha scritto non ha dato il consenso per l’e-book",
    Absence.CONSENT_WITHDRAWN: "chi l’ha scritto ha ritirato il consenso per l’e-book",
    Absence.ASKED_BACK: "chi l’ha scritto ha chiesto di toglierlo",
    Absence.BY_HAND: "l’ha lasciato fuori la redazione",
}


T = TypeVar("T")


class Form(StrEnum):
    """What a book is made as; the value is the end of the file's name."""

    EPUB = "epub"
    PDF = "pdf"
    PRINT = "print"


_EMPTY: Final = "Nell’e-book non c’è nessun racconto: non c’è niente da scrivere."


_TOO_LARGE: Final = (
    "L’e-book è troppo grande per farne un PDF: chi lo compone chiede più memoria, o più tempo, di "
    "quanto può averne. L’EPUB non ha questo limite, e il PDF di prima è intatto. Si può dividere "
    "l’e-book in due, o lasciare fuori le foto più grandi."
)


class _Stopped(Exception):
    """Why it was not done, in Italian."""


def commands(settings: Callable[[], Settings], say: Callable[[str], None]) -> typer.Typer:
    """Return the commands; `settings` reads the settings, `say` shows a line."""
    app = typer.Typer(no_args_is_help=True, help=__doc__)

    @app.command(name="list")
    def list_all() -> None:
        """List the e-books that there are, with their numbers."""
        _tell(_answered(_listed(settings()), say), say)

    @app.command()
    def propose(
        lab: Annotated[str, typer.Argument(help="The Lab's name in links: citta-2026.")],
    ) -> None:
        """Propose an e-book of all that came out in a Lab."""
        say(_answered(_proposed(settings(), lab), say))

    @app.command()
    def build(
        edition: Annotated[str, typer.Argument(help="The e-book's number.")],
        folder: Annotated[Path | None, typer.Option("--to", help="Where to put it.")] = None,
        form: Annotated[list[Form] | None, typer.Option(help="As what; all when left out.")] = None,
    ) -> None:
        """Write an e-book as EPUB, as PDF, and as PDF for print."""
        read = settings()
        bound = _answered(_bound(read, edition), say)
        to = folder or read.data_dir / "ebooks"
        try:
            for path in _built(bound.book, to, read.media_root, form or list(Form)):
                size = f"{path.stat().st_size / 1_000_000:.1f}".replace(".", ",")
                say(f"Scritto: {path} ({size} MB).")
        except _Stopped as problem:
            say(str(problem))
            raise typer.Exit(NOT_WELL) from None
        _tell(_left_out(bound), say)

    @app.command()
    def check(edition: Annotated[str, typer.Argument(help="The e-book's number.")]) -> None:
        """Say what is missing in an e-book, and what was left out and why."""
        read = settings()
        bound = _answered(_bound(read, edition), say)
        flaws = list(_flaws(bound, read.media_root))
        _tell((*flaws, *_left_out(bound)), say)
        if flaws:
            raise typer.Exit(NOT_WELL)
        say(f"Racconti: {len(bound.book.chapters)}. Non manca niente.")

    return app


def _tell(lines: Iterable[str], say: Callable[[str], None]) -> None:
    for line in lines:
        say(line)


def _answered(asking: Coroutine[None, None, T], say: Callable[[str], None]) -> T:
    """Return what the database answers; says why where it does not, and ends."""
    try:
        return asyncio.run(asking)
    except (_Stopped, CannotStart) as problem:
        say(str(problem))
        raise typer.Exit(NOT_WELL) from None


async def _listed(settings: Settings) -> list[str]:
    async with opened(settings) as store, store.reading() as session:
        found = await editions.newest(session, limit=_MOST)
        named = {one.id: one.title for one in await labs.newest(session, limit=_MOST)}
        return [
            f"{one.id}  {one.title} ({named.get(one.lab_id, '')}), {_STATES[one.state]}"
            for one in found
        ] or ["Non c’è ancora nessun e-book: bottega ebook propose LABORATORIO"]


async def _proposed(settings: Settings, name: str) -> str:
    now = datetime.now(UTC)
    async with opened(settings) as store, store.transaction() as session:
        lab: Lab | None = await labs.find(session, name)
        if lab is None:
            known = ", ".join(one.slug for one in await labs.newest(session, limit=_MOST))
            raise _Stopped(f"Non trovo il laboratorio {name}. Ci sono: {known or 'nessuno'}.")
        edition = await arranging.propose(session, lab, Rubrica.channel, by=NEWSROOM, now=now)
        return f"Proposto l’e-book {edition.id}. Si controlla con: bottega ebook check {edition.id}"


async def _bound(settings: Settings, number: str) -> Bound:
    config = Rubrica.Config.model_validate(settings.channels()[Rubrica.channel].model_dump())
    async with opened(settings) as store, store.reading() as session:
        edition = await session.get(Edition, row_id(number))
        if edition is None:
            raise _Stopped(f"Non c’è nessun e-book {number}. L’elenco: bottega ebook list")
        return await binding.bind(session, edition, Rubrica.channel, config.url, config.owner)


def _file_name(book: Book, form: Form) -> str:
    return f"{book.name}-stampa.pdf" if form is Form.PRINT else f"{book.name}.{form}"


def _built(book: Book, folder: Path, media_root: Path, forms: list[Form]) -> Iterator[Path]:
    """Write a book in some forms, and yield each file as it is there; raises _Stopped.

    The EPUB tells the pages of the PDF, which is made for that, too; it comes though there is none.
    """
    with tempfile.TemporaryDirectory(prefix="bottega-") as apart:
        screen = (folder if Form.PDF in forms else Path(apart)) / _file_name(book, Form.PDF)
        refused: _Stopped | None = None
        if {Form.PDF, Form.EPUB} & set(forms):
            try:
                _build(book, screen, media_root, Form.PDF)
            except _Stopped as problem:
                refused = problem
        for form in forms:
            path = folder / _file_name(book, form)
            if form is Form.EPUB:
                _build(book, path, media_root, form, None if refused else screen)
            elif refused:
                raise refused
            elif form is Form.PRINT:
                _build(book, path, media_root, form)
            yield path


def _build(
    book: Book, path: Path, media_root: Path, form: Form, screen: Path | None = None
) -> None:
    """Write a book in one form; raises _Stopped, and what was there before stays.

    `screen` is its PDF, whose pages an EPUB tells.
    """
    try:
        if form is Form.EPUB:
            ebook.build_epub(book, path, media_root, screen)
        else:
            ebook.build_pdf(book, path, media_root, for_print=form is Form.PRINT)
    except ebook.Empty:
        raise _Stopped(_EMPTY) from None
    except ebook.Missing as lost:
        raise _Stopped(_lost(lost)) from None
    except ebook.TooLarge:
        raise _Stopped(_TOO_LARGE) from None
    except ebook.Unprintable as refused:
        raise _Stopped(f"Il PDF non si può comporre: {refused.reason}") from None
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise _Stopped(f"Non riesco a scrivere {path}: {why}. Quello di prima è intatto.") from None


def _flaws(bound: Bound, media_root: Path) -> Iterator[str]:
    book = bound.book
    if not book.parts:
        yield _EMPTY
        return
    for lost in ebook.missing(book, media_root):
        yield _lost(lost)
    for title in ebook.undescribed(book):
        yield f"«{title}»: un’immagine non ha la descrizione per chi non la vede."
    if signs := "".join(sorted(ebook.unprinted(book))):
        yield f"Nel PDF mancano questi segni, che i nostri caratteri non hanno: {signs}"
    if not book.foreword:
        yield "Manca la prefazione."
    if bound.fresh:
        titles = ", ".join(f"«{one.title}»" for one in bound.fresh)
        yield f"Usciti dopo, e non ancora messi nell’e-book: {titles}."


def _left_out(bound: Bound) -> Iterator[str]:
    for one in bound.left_out:
        reason = f" ({one.reason})" if one.reason else ""
        yield f"Fuori: «{one.title}»: {_ABSENCES[one.why]}{reason}."


def _lost(lost: ebook.Missing) -> str:
    return f"«{lost.title}»: manca il file dell’immagine {lost.name}, oppure è rovinato."
