"""The book in print: its tags read back, and nothing that people wrote taken for code."""

from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from content.binding import Book
from publishers import ebook
from publishers.ebook import Empty, Missing, TooLarge, sections, typesetting
from tests.publishers.ebook import library, tagged

MILLIMETRE = 72 / 25.4


@pytest.fixture
def media_root(tmp_path: Path) -> Path:
    return tmp_path / "media"


def built(book: Book, media_root: Path, name: str = "book.pdf", **how: bool) -> Path:
    path = media_root.parent / name
    ebook.build_pdf(book, path, media_root, **how)
    return path


def text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as opened:
        pages = [page.get_textpage().get_text_range() for page in opened]
    return " ".join(" ".join(pages).replace("\ufffe", "").split())


@pytest.mark.parametrize("make", [library.real, library.every_kind, library.hostile])
@pytest.mark.parametrize("for_print", [False, True])
def test_it_says_that_it_is_accessible_and_has_what_that_takes(
    make: Any, for_print: bool, media_root: Path
) -> None:
    book = make(media_root).model_copy(update={"foreword": "Senza titoli."})
    path = built(book, media_root, for_print=for_print)

    with tagged.opened(path) as made:
        assert made.open_metadata()["pdfuaid:part"] == "1"
        assert made.Root.MarkInfo.Marked
        assert str(made.Root.Lang).startswith("it")
        assert made.Root.ViewerPreferences.DisplayDocTitle
        found = [(str(one.S), one) for _, one in tagged.tags(made.Root.StructTreeRoot)]
        assert tagged.faults(made) == []
        kinds = [kind for kind, _ in found]
        assert kinds.count("/H2") == len(book.chapters)
        assert kinds.count("/H1") >= len(book.parts) + 2
        pictures = [node for kind, node in found if kind == "/Figure"]
        assert len(pictures) > len([one for one in book.chapters if one.piece.pictures])
        assert all(str(node.get("/Alt", "")).strip() for node in pictures)
        with made.open_outline() as outline:
            assert [one.title for one in outline.root][-1].startswith("Indice degli obiettivi")


def test_contents_and_indexes_lead_to_pages(media_root: Path) -> None:
    said = text(built(library.every_kind(media_root), media_root))

    for words in ("Sommario", "Prefazione", "Indice dei Comuni", "Tirano (SO)", "Con tutto",
                  "4. Istruzione di qualità", "Che cosa si dice Benvenuti a tutti."):  # fmt: skip
        assert words in said


@pytest.mark.parametrize("for_print", [False, True])
@pytest.mark.parametrize("most", [sections.MOST, 2_500])
def test_a_viewer_calls_each_page_by_the_number_that_is_printed_on_it(
    for_print: bool, most: int, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "MOST", most)
    path = built(library.every_kind(media_root), media_root, for_print=for_print)

    with pikepdf.open(path) as made:
        assert pikepdf.NumberTree(made.Root.PageLabels)[0].S == pikepdf.Name.D
    with pypdfium2.PdfDocument(path) as opened:
        labels = [opened.get_page_label(at) for at in range(len(opened))]
        printed = [page.get_textpage().get_text_range().split()[-1:] for page in opened]
    assert labels == [str(number) for number in range(1, len(labels) + 1)]
    numbered = [(label, *said) for label, said in zip(labels, printed, strict=True)][-18:]
    assert all(label == said for label, said in numbered)


@pytest.mark.parametrize("most", [sections.MOST, 2_500])
def test_a_link_within_the_book_says_the_title_and_the_page_that_it_leads_to(
    most: int, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "MOST", most)

    with tagged.opened(built(library.every_kind(media_root), media_root)) as made:
        said = {(page, words.strip()) for page, words, _ in tagged.links(made) if "pag." in words}
        last = len(made.pages)

    for page in (last - 1, last):
        assert (page, "Con tutto, pag. 9") in said
    assert {(4, "«Con tutto» pag. 9"), (4, "«Prefazione» pag. 5")} <= said  # as typst says it
    assert not any("Sezione" in words for _, words in said)


def test_what_people_write_is_never_code(media_root: Path) -> None:
    said = text(built(library.hostile(media_root), media_root))

    assert "#set text(red) #panic() $x^2$ @ref <lab> `raw` *b* _i_" in said
    assert "{{ 7 * 7 }} {% raw %}" in said
    assert "<script>alert(1)</script>" in said


def test_signs_that_no_typeface_has_are_known_beforehand(media_root: Path) -> None:
    assert ebook.unprinted(library.every_kind(media_root)) == set()
    assert {"市", "ไ"} <= ebook.unprinted(library.hostile(media_root))


def test_greek_is_there_with_its_accents(media_root: Path) -> None:
    words = "Ἐν ἀρχῇ ἦν ὁ λόγος, Ελληνικά"
    book = library.book([library.piece(1, f"Λόγος {words}", f"Testo: {words}.")])

    assert ebook.unprinted(book) == set()
    said = text(built(book, media_root))
    assert said.count(words) >= 2


def test_the_same_edition_is_the_same_bytes(media_root: Path) -> None:
    book = library.every_kind(media_root)

    for how in (False, True):
        one = built(book, media_root, "one.pdf", for_print=how).read_bytes()
        assert one == built(book, media_root, "other.pdf", for_print=how).read_bytes()


def test_what_is_printed_is_a5_with_a_bleed(media_root: Path) -> None:
    path = built(library.every_kind(media_root), media_root, for_print=True)

    with pikepdf.open(path) as made:
        for page in made.pages:
            left, low, right, high = (float(one) for one in page.trimbox)
            assert (right - left) / MILLIMETRE == pytest.approx(148, abs=0.1)
            assert (high - low) / MILLIMETRE == pytest.approx(210, abs=0.1)
            assert (float(page.mediabox[2]) - right) / MILLIMETRE == pytest.approx(3, abs=0.1)
            assert page.bleedbox == page.mediabox


def test_it_is_whole_or_not_at_all(media_root: Path) -> None:
    book = library.every_kind(media_root)
    before = built(book, media_root).read_bytes()
    [lost, *_] = next(one.piece.media for one in book.chapters if one.piece.media)
    (media_root / lost.file_name).unlink()

    with pytest.raises(Missing):
        built(book, media_root)
    with pytest.raises(Empty):
        built(library.book([]), media_root)

    assert [one.name for one in ebook.missing(book, media_root)] == [lost.file_name]
    assert (media_root.parent / "book.pdf").read_bytes() == before
    assert sorted(one.name for one in media_root.parent.iterdir()) == ["book.pdf", "media"]


@pytest.mark.parametrize(("bound", "amount"), [("MEMORY", 96 << 20), ("SECONDS", 0.01)])
def test_what_takes_more_than_there_is_ends_its_own_process_alone(
    bound: str, amount: float, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = library.every_kind(media_root)
    before = built(book, media_root).read_bytes()
    monkeypatch.setattr(typesetting, bound, amount)

    with pytest.raises(TooLarge):
        built(book, media_root)

    assert (media_root.parent / "book.pdf").read_bytes() == before
    assert sorted(one.name for one in media_root.parent.iterdir()) == ["book.pdf", "media"]


def test_a_full_disk_is_told_as_such(media_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    typeset = typesetting.typeset
    monkeypatch.setattr(
        typesetting, "typeset", lambda source, _, fonts, told: typeset(source, full, fonts, told)
    )

    with pytest.raises(OSError, match="No space left"):
        built(library.every_kind(media_root), media_root)
