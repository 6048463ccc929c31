"""Page 57 of the PDF is the same place in the EPUB: told where it is known, and nowhere else."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from lxml import etree

from content.binding import Book
from publishers import ebook
from publishers.ebook import pagination, sections
from tests import ace, epubcheck
from tests.publishers.ebook import library

EMBEDDED = "USAGE CSS-028"
OPS = "{http://www.idpf.org/2007/ops}"
X = "{http://www.w3.org/1999/xhtml}"
MARKED = ("pageBreakMarkers", "pageNavigation", "pageBreakSource", "quelli del PDF")


@pytest.fixture
def media_root(tmp_path: Path) -> Path:
    return tmp_path / "media"


def built(book: Book, media_root: Path, name: str = "book") -> tuple[Path, Path]:
    """The PDF of a book, and the EPUB that tells its pages."""
    pdf, epub = (media_root.parent / f"{name}.{form}" for form in ("pdf", "epub"))
    ebook.build_pdf(book, pdf, media_root)
    ebook.build_epub(book, epub, media_root, pdf)
    return pdf, epub


def run(words: list[str]) -> str:
    """Some words without what may be between them."""
    return re.sub("[-\ufffe]", "", "".join(words)).casefold()


def printed(pdf: Path) -> list[list[str]]:
    """The words of each page."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range().split() for page in opened]


def tree(epub: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(epub) as archive:
        return etree.fromstring(archive.read(f"EPUB/{name}"))


def listed(epub: Path) -> list[tuple[str, str]]:
    """The list of pages: what each is called, and where it leads."""
    found = tree(epub, "nav.xhtml").find(f".//{X}nav[@{OPS}type='page-list']")
    links = () if found is None else found.iter(f"{X}a")
    return [(one.text or "", one.get("href", "")) for one in links]


def opening(epub: Path, href: str) -> list[str]:
    """The words behind a mark, which says what it is."""
    name, _, mark = href.partition("#")
    with zipfile.ZipFile(epub) as archive:
        html = archive.read(f"EPUB/{name}").decode()
    found = re.search(rf'<span ([^>]*)id="{mark}" aria-label="{mark[4:]}"></span>', html)
    assert found
    assert found[1] == 'epub:type="pagebreak" role="doc-pagebreak" '
    told = etree.HTML(f"<p>{html[found.end() :]}")
    return "".join(told.itertext()).split()


@pytest.mark.parametrize("make", [library.real, library.every_kind, library.hostile])
@pytest.mark.parametrize("most", [sections.MOST, 2_500])
def test_every_page_of_the_pdf_is_listed_by_its_number_in_order(
    make: Any, most: int, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "MOST", most)

    pdf, epub = built(make(media_root), media_root)

    assert [label for label, _ in listed(epub)] == [
        str(number) for number in range(1, len(printed(pdf)) + 1)
    ]
    assert all(opening(epub, href) is not None for _, href in listed(epub))


def test_a_page_begins_with_the_same_words_in_both(media_root: Path) -> None:
    book = library.real(media_root)
    pdf, epub = built(book, media_root)
    pages = printed(pdf)

    inside = 0
    for (label, href), before in zip(listed(epub)[1:], listed(epub), strict=False):
        if href.partition("#")[0] != before[1].partition("#")[0] or "goals" in href:
            continue
        _, *words = opening(epub, href)[:6]  # a page may break the first
        told, page = run(words), run(pages[int(label) - 1])
        assert told in page
        assert page.index(told) < len(run(pages[int(label) - 1][:22]))  # a title, an address
        inside += 1
    assert inside > 15


def test_the_place_is_right_to_the_word_though_all_say_the_same(media_root: Path) -> None:
    words = [f"voce{number:04}" for number in range(2_000)]
    text = "\n\n".join(" ".join(words[at : at + 160]) for at in range(0, 2_000, 160))
    pdf, epub = built(library.book([library.piece(1, "Uno", text)], foreword=""), media_root)

    for label, href in listed(epub):
        here, there = (
            [one for one in told if re.fullmatch(r"voce\d{4}", one)]
            for told in (opening(epub, href), printed(pdf)[int(label) - 1])
        )
        assert here[:1] == there[:1] or not there
    assert len(listed(epub)) == len(printed(pdf)) > 8


def test_a_page_that_begins_with_a_picture_has_its_mark_before_it(media_root: Path) -> None:
    tall = tuple(
        library.picture(media_root, n, size=(400, 900), alt=f"Numero {n}") for n in (1, 2, 3, 4, 5)
    )
    pdf, epub = built(library.book([library.piece(1, "Uno", "Testo.", media=tall)]), media_root)

    chapter = tree(epub, "a1.xhtml")
    marks = [one for one in chapter.iter(f"{X}span") if one.get(f"{OPS}type") == "pagebreak"]

    assert len(marks) == 3
    assert [one.getnext().tag for one in marks[1:]] == [f"{X}figure"] * 2
    assert [one.getnext()[0].get("alt") for one in marks[1:]] == ["Numero 3", "Numero 5"]
    assert len(listed(epub)) == len(printed(pdf))


def test_front_matter_longer_than_a_page_moves_nothing(media_root: Path) -> None:
    book = library.book(
        [library.piece(1, "Uno", "Testo.")], title="Un titolo assai lungo " * 13,
        credits="\n\n".join(f"Persona numero {chr(97 + n) * 9}" for n in range(26)) * 2,
    )  # fmt: skip
    pdf, epub = built(book, media_root)

    files = [href.partition("#")[0] for _, href in listed(epub)]
    assert files.count("title.xhtml") > 1
    assert files.count("colophon.xhtml") > 1
    assert len(files) == len(printed(pdf))
    for label, href in listed(epub):
        if href.startswith("a1"):
            assert "Testo." in printed(pdf)[int(label) - 1]


def test_a_page_that_nobody_finds_again_is_left_out(media_root: Path) -> None:
    arabic = "\n\n".join("مرحبا بكم في المكتبة الجديدة " * 60 for _ in range(4))
    pieces = [library.piece(1, "Uno", arabic), library.piece(2, "Due", "Testo.")]
    pdf, epub = built(library.book(pieces), media_root)

    labels = [label for label, _ in listed(epub)]

    assert len(labels) < len(printed(pdf))
    assert labels == sorted(labels, key=int)
    (last,) = (label for label, href in listed(epub) if href.startswith("a2."))
    assert "Due" in printed(pdf)[int(last) - 1]


def test_where_no_pdf_is_nothing_is_said_of_pages(media_root: Path) -> None:
    book = library.every_kind(media_root)
    pdf, paged = built(book, media_root)
    bare = media_root.parent / "bare.epub"
    ebook.build_epub(book, bare, media_root)

    told, untold = ("".join(tree(one, "package.opf").itertext()) for one in (paged, bare))
    names = [one.get("property") for one in tree(paged, "package.opf").iter("{*}meta")]

    for word in MARKED:
        assert word in f"{told} {names}"
        assert word not in untold
    assert f"PDF: {library.SITE}/ebook/{book.name}/{pdf.stem}" not in untold
    assert f"Città che cambiano. PDF: {library.SITE}/ebook/{book.name}/{book.name}.pdf" in told
    assert listed(bare) == []
    with zipfile.ZipFile(bare) as archive:
        assert not any(b"pagebreak" in archive.read(one).lower() for one in archive.namelist())


def test_the_same_edition_with_its_pages_is_the_same_bytes(media_root: Path) -> None:
    book = library.every_kind(media_root)

    one, other = (built(book, media_root, name)[1] for name in ("one", "other"))

    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("make", [library.real, library.every_kind, library.hostile])
def test_neither_epubcheck_nor_ace_has_anything_to_say_of_pages(
    make: Any, media_root: Path
) -> None:
    _, epub = built(make(media_root), media_root)

    assert [one for one in epubcheck.complaints(epub) if not one.startswith(EMBEDDED)] == []
    assert ace.violations(epub) == []


def test_letters_are_what_every_form_of_a_text_has_alike() -> None:
    assert pagination.letters("«Perché» 1º ﬁne\u00ad-gioco, №7") == "percheofinegiocono"
