"""The e-book: a thousand chapters of five hundred words, beside what others make of the same.

Peers are given their text ready (HTML to ebooklib and WeasyPrint); ours is read from Markdown.
WeasyPrint is asked for the same pages, with contents, running heads and indexes.
"""

import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Measure, shown
from content.binding import Book, Chapter, Part
from content.posts import Piece, Section
from content.submissions import Kind
from publishers import ebook
from publishers.ebook import typefaces

_CHAPTERS: Final = 1000
_TIMES: Final = 5
_OUT: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
_TEXT: Final = (
    "Il Comune apre la biblioteca di quartiere con orario serale, sale per chi studia e un "
    "laboratorio di lettura che nasce con le scuole e le associazioni del paese."
)
_WORDS: Final = _TEXT.split()
_PARAGRAPHS, _LONG = 5, 100


def main(chapters: int = _CHAPTERS) -> int:
    """Measure everything; 1 when a target is missed."""
    if chapters < 0:  # a process of its own, so that what it takes is known
        return _alone(-chapters)
    with tempfile.TemporaryDirectory(prefix="bottega-") as folder:
        measures = list(shown(_measures(Path(folder), chapters)))
    first = measures[0]
    told = {"name": "ebook", "value": round(first.value, 2), "unit": first.unit,
            "ratio": round(max(one.ratio for one in measures), 2),
            "to": f"the target of the tightest; {first.name}: {first.target:g} {first.unit}",
            "measures": {one.name: round(one.value, 3) for one in measures}}  # fmt: skip
    print(json.dumps(told))
    return 0 if all(one.ratio <= 1 for one in measures) else 1


def _measures(folder: Path, chapters: int) -> Iterator[Measure]:
    book = _book(chapters)
    epub = _fastest(lambda: ebook.build_epub(book, folder / "one.epub", folder))
    pdf = _timed(lambda: ebook.build_pdf(book, folder / "one.pdf", folder))
    ebook.build_epub(book, folder / "other.epub", folder)
    same = (folder / "one.epub").read_bytes() == (folder / "other.epub").read_bytes()
    print(f"{chapters:,} chapters: EPUB {epub:.2f} s, PDF {pdf:.1f} s")
    yield Measure("builds of one edition that differ", 0 if same else 1, "", 0.5)
    memory = subprocess.run(
        [sys.executable, "-m", "benchmarks", "ebook", str(-chapters)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name, megabytes in json.loads(memory.stdout).items():
        yield Measure(f"memory of {name}", megabytes, "MB", 500)
    peers: tuple[tuple[Callable[[Path, Book], float | None], float, float], ...] = (
        (_ebooklib, epub, 1), (_pandoc, epub, 0.05), (_weasyprint, pdf, 0.06),
    )  # fmt: skip
    for peer, ours, most in peers:
        name = peer.__name__.strip("_")
        took = peer(folder, book)
        if took is None:
            print(f"{name} is not installed: nothing was compared.")
        else:
            print(f"{name}: {took:.2f} s")
            yield Measure(
                f"{'PDF' if ours == pdf else 'EPUB'}, to {name}", ours / took, "times", most
            )


def _alone(chapters: int) -> int:
    """Say how much memory an EPUB takes, and then a PDF, in MB."""
    with tempfile.TemporaryDirectory(prefix="bottega-") as name:
        folder, book = Path(name), _book(chapters)
        ebook.build_epub(book, folder / "one.epub", folder)
        taken = {"EPUB": _most()}
        ebook.build_pdf(book, folder / "one.pdf", folder)
        print(json.dumps(taken | {"PDF": _most()}))
    return 0


def _most() -> float:
    """Return the most memory, in MB, that this process had, and the largest it started, together.

    What its parent had counts not.
    """
    status = Path("/proc/self/status").read_text()
    mine = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    return (mine + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _fastest(work: Callable[[], object]) -> float:
    """Return the processor's seconds of the fastest of some times, whatever else is running."""
    taken = []
    for _ in range(_TIMES):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def _ebooklib(folder: Path, book: Book) -> float | None:
    """https://github.com/aerkalov/ebooklib."""
    if find_spec("ebooklib") is None:
        return None
    peer: Any = import_module("ebooklib.epub")
    texts = [(one.piece.title, _html(one.piece)) for one in book.chapters]

    def build() -> None:
        made = peer.EpubBook()
        made.set_title(book.title)
        made.set_language("it")
        pages = []
        for number, (title, html) in enumerate(texts):
            page = peer.EpubHtml(title=title, file_name=f"{number}.xhtml", lang="it")
            page.content = html
            made.add_item(page)
            pages.append(page)
        made.toc, made.spine = tuple(pages), ["nav", *pages]
        made.add_item(peer.EpubNcx())
        made.add_item(peer.EpubNav())
        peer.write_epub(folder / "peer.epub", made)

    return _fastest(build)


def _pandoc(folder: Path, book: Book) -> float | None:
    """https://pandoc.org."""
    if not shutil.which("pandoc"):
        return None
    text = "\n\n".join(f"# {one.piece.title}\n\n{one.piece.text}" for one in book.chapters)
    source = folder / "peer.md"
    source.write_text(f"% {book.title}\n\n{text}\n")
    command = ["pandoc", "--toc", "-t", "epub3", "-o", str(folder / "pandoc.epub"), str(source)]
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True))


def _weasyprint(folder: Path, book: Book) -> float | None:
    """https://weasyprint.org."""
    if not shutil.which("weasyprint"):
        return None
    source = folder / "peer.html"
    told = [one.piece for one in book.chapters]
    body = "".join(
        f'<article id="c{one.article_id}">{_html(one)}{_facts(one)}</article>' for one in told
    )
    goals = sorted(told, key=lambda one: one.sdgs)
    source.write_text(
        f'<!DOCTYPE html><html lang="it"><title>{book.title}</title><style>{_style()}</style>'
        f"{_listed(told)}{body}{_listed(told)}{_listed(goals)}"
    )
    command = ["weasyprint", "--pdf-variant", "pdf/ua-1", str(source), str(folder / "peer.pdf")]
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True))


def _facts(piece: Piece) -> str:
    facts = ("23 novembre 2026", piece.organisation, piece.author, f"obiettivo {piece.sdgs[0]}")
    told = "".join(f"<p>{one}</p>" for one in facts)
    return f'{told}<p><a href="{piece.url}">{piece.url}</a></p>'


def _listed(pieces: Sequence[Piece]) -> str:
    """Return a list that leads to pieces, with their pages: contents and indexes."""
    lines = (f'<li><a href="#c{one.article_id}">{one.title}</a></li>' for one in pieces)
    return f"<nav><ul>{''.join(lines)}</ul></nav>"


def _style() -> str:
    """Return what makes a page of ours of a peer's: size, typefaces, contents, running heads."""
    faces = {"Lora": "Lora_400Regular.ttf", "Titillium": "TitilliumWeb_600SemiBold.ttf"}
    folder = Path(str(typefaces.FOLDER))
    told = "".join(
        f"@font-face {{ font-family: {name}; src: url({(folder / file).as_uri()}) }}"
        for name, file in faces.items()
    )
    return f"""{told}
        @page {{ size: 170mm 240mm; margin: 22mm 16mm 22mm 20mm;
          @top-right {{ content: string(piece); font: 7.5pt Titillium }}
          @bottom-right {{ content: counter(page); font: 8pt Titillium }} }}
        body {{ font: 10pt/1.45 Lora; text-align: justify; hyphens: auto }}
        article {{ break-before: page }}
        h1 {{ font: 17pt Titillium; string-set: piece content(); text-align: left }}
        nav {{ break-before: page }}
        nav li a::after {{ content: leader('.') target-counter(attr(href), page) }}
    """


def _html(piece: Piece) -> str:
    told = "".join(f"<p>{one}</p>" for one in piece.text.split("\n\n"))
    return f"<h1>{piece.title}</h1>{told}"


def _book(chapters: int) -> Book:
    pieces = [
        Piece(
            article_id=number, version=1, receipt=f"26-{number:04}", kind=Kind.NEWS,
            section=Section.NEWS, slug=f"pezzo-{number}", title=f"Pezzo {number}", lead="",
            text=_text(number), organisation="Comune di Tirano", municipality="Tirano",
            province="SO", author="Ada Rossi", sdgs=(number % 17 + 1,),
            url=f"https://rubrica.example/notizie/pezzo-{number}/",
        )
        for number in range(1, chapters + 1)
    ]  # fmt: skip
    part = Part(
        key=Section.NEWS, title="", introduction="",
        chapters=tuple(Chapter(piece=one, published=_OUT) for one in pieces),
    )  # fmt: skip
    return Book(
        edition_id=1, name="lab-2026-1", title="Mille storie", lab="Città", year=2026,
        parts=(part,), modified=_OUT, site="https://rubrica.example",
    )  # fmt: skip


def _text(number: int) -> str:
    return "\n\n".join(
        " ".join(_WORDS[(number + at) % len(_WORDS)] for at in range(_LONG))
        for _ in range(_PARAGRAPHS)
    )
