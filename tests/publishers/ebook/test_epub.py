"""The e-book: valid, the same bytes each time, and whole or not at all."""

import io
import re
import threading
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from content.binding import Book
from publishers import ebook
from publishers.ebook import Empty, Missing, cover, prose
from tests import ace, epubcheck
from tests.publishers.ebook import library

EMBEDDED = "USAGE CSS-028"
"""What EPUBCheck says of each typeface that a book carries: that it does."""
OPS = "{http://www.idpf.org/2007/ops}"
XHTML = {"x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def media_root(tmp_path: Path) -> Path:
    return tmp_path / "media"


def built(book: Book, media_root: Path, name: str = "book.epub") -> Path:
    path = media_root.parent / name
    ebook.build_epub(book, path, media_root)
    return path


def page(path: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(f"EPUB/{name}"))


def said(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("make", [library.real, library.every_kind, library.hostile])
def test_epubcheck_has_nothing_to_say_but_that_typefaces_are_embedded(
    make: object, media_root: Path
) -> None:
    assert callable(make)
    path = built(make(media_root), media_root)

    found = epubcheck.complaints(path)

    assert [one for one in found if not one.startswith(EMBEDDED)] == []
    assert len(found) == 1


@pytest.mark.parametrize("make", [library.real, library.every_kind, library.hostile])
def test_ace_finds_nothing_in_anybodys_way(make: object, media_root: Path) -> None:
    assert callable(make)

    assert ace.violations(built(make(media_root), media_root)) == []


def test_a_link_without_words_says_where_it_leads() -> None:
    for text in ("[ ](https://a.example/)", "[&nbsp;](https://a.example/)"):
        assert prose.words(prose.read(text)) == "https://a.example/"


def test_ace_finds_what_is_in_the_way(media_root: Path) -> None:
    path = built(library.book([library.piece(1, "Uno", "Testo.")]), media_root)
    spoilt = path.with_name("spoilt.epub")
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(spoilt, "w") as bad:
        for one in good.infolist():
            data = good.read(one)
            if one.filename == "EPUB/cover.xhtml":
                data = re.sub(rb' alt="[^"]+"', b"", data)
            bad.writestr(one, data)

    assert any("image-alt" in one for one in ace.violations(spoilt))


def test_the_same_edition_is_the_same_bytes(media_root: Path) -> None:
    book = library.every_kind(media_root)

    one, other = built(book, media_root, "one.epub"), built(book, media_root, "other.epub")

    assert one.read_bytes() == other.read_bytes()


def test_a_reader_finds_contents_landmarks_and_indexes(media_root: Path) -> None:
    path = built(library.every_kind(media_root), media_root)

    contents, landmarks = page(path, "nav.xhtml").findall(".//x:nav", XHTML)

    parts = contents.findall("x:ol/x:li/x:a", XHTML)
    assert [said(one) for one in parts] == [
        "Frontespizio", "Crediti", "Prefazione", "Notizie", "Articoli", "Video interviste",
        "Documentazione", "Indice dei Comuni", "Indice degli obiettivi dell’Agenda 2030",
    ]  # fmt: skip
    assert [one.get(f"{OPS}type") for one in landmarks.findall(".//x:a", XHTML)] == [
        "cover", "titlepage", "copyright-page", "toc", "foreword", "bodymatter", "index", "index",
    ]  # fmt: skip
    places = page(path, "places.xhtml")
    assert "Tirano (SO)" in said(places)
    assert "Con tutto" in said(places)
    assert "Con niente" not in said(places)


def test_a_chapter_has_all_that_the_piece_has(media_root: Path) -> None:
    path = built(library.every_kind(media_root), media_root)

    chapter = page(path, "a99.xhtml")

    text = said(chapter)
    for words in (
        "Notizia · Tirano (SO)", "29 novembre 2026", "La sala, il giorno dell’apertura",
        "Benvenuti a tutti.", "1 minuto e 23 secondi", "delibera.pdf", "Comune di Tirano",
        "Ada Rossi (CC BY 4.0)", "https://www.example.it/a?b=1&c=2",
    ):  # fmt: skip
        assert words in text
    assert chapter.get("{http://www.w3.org/XML/1998/namespace}lang") == "it"
    pictures = chapter.findall(".//x:img", XHTML)
    assert [one.get("alt") for one in pictures] == [
        "Un cerchio chiaro, numero 1", "Un cerchio chiaro, numero 3", "L’inaugurazione",
    ]  # fmt: skip
    links = {one.get("href") for one in chapter.findall(".//x:a", XHTML)}
    assert not any(str(link).startswith("javascript") for link in links)


def test_pictures_are_no_larger_than_a_page_needs(media_root: Path) -> None:
    large = library.picture(media_root, 5, size=(2500, 1000))
    path = built(library.book([library.piece(1, "Uno", "Testo.", media=(large,))]), media_root)

    with zipfile.ZipFile(path) as archive:
        [name] = [one for one in archive.namelist() if one.endswith(f"{large.sha256[:24]}.jpg")]
        with Image.open(io.BytesIO(archive.read(name))) as shown:
            assert shown.size == (1600, 640)


def test_accessibility_claims_only_what_is_true(media_root: Path) -> None:
    described = built(library.every_kind(media_root), media_root, "described.epub")
    silent = library.picture(media_root, 6, alt="")
    bare = library.book([library.piece(1, "Uno", "Testo.", media=(silent,))])
    undescribed = built(bare, media_root, "undescribed.epub")

    assert "alternativeText" in said(page(described, "package.opf"))
    assert "Ogni immagine ha una descrizione" in said(page(described, "package.opf"))
    assert "alternativeText" not in said(page(undescribed, "package.opf"))
    assert "manca la descrizione" in said(page(undescribed, "package.opf"))


def test_an_isbn_names_the_book(media_root: Path) -> None:
    assert "urn:isbn:9788806219451" in said(
        page(built(library.every_kind(media_root), media_root), "package.opf")
    )


def test_no_piece_makes_no_book(media_root: Path) -> None:
    with pytest.raises(Empty):
        built(library.book([]), media_root)

    assert not list(media_root.parent.glob("*.epub"))


def test_a_lost_picture_is_named_and_the_book_before_stays(media_root: Path) -> None:
    book = library.every_kind(media_root)
    before = built(book, media_root).read_bytes()
    [lost, *_] = next(one.piece.media for one in book.chapters if one.piece.media)
    (media_root / lost.file_name).unlink()

    with pytest.raises(Missing) as missing:
        built(book, media_root)

    assert (missing.value.title, missing.value.name) == ("Con tutto", lost.file_name)
    assert (media_root.parent / "book.epub").read_bytes() == before
    assert sorted(one.name for one in media_root.parent.iterdir()) == ["book.epub", "media"]


def test_a_full_disk_leaves_no_half_a_book(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    book = library.every_kind(media_root)
    monkeypatch.setattr(cover, "made", full)

    with pytest.raises(OSError, match="No space"):
        built(book, media_root)

    assert [one.name for one in media_root.parent.iterdir()] == ["media"]


def test_two_builds_at_once_make_one_whole_book(media_root: Path) -> None:
    book = library.every_kind(media_root)
    alone = built(book, media_root, "alone.epub").read_bytes()

    both = [threading.Thread(target=built, args=(book, media_root)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert (media_root.parent / "book.epub").read_bytes() == alone


def test_a_long_book_is_written_as_it_is_made(media_root: Path) -> None:
    pieces = [library.piece(n, f"Pezzo {n}", "Testo.") for n in range(1, 2001)]

    path = built(library.book(pieces, foreword=""), media_root)

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names[0] == "mimetype"
    assert sum(name.startswith("EPUB/a") for name in names) == 2000
    assert "EPUB/foreword.xhtml" not in names
