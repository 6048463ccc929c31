import zipfile
from pathlib import Path

import pikepdf
import pytest

from content.media import Medium, MediumKind, MediumRefused, Refusal, keep
from content.media.documents import MAX_PAGES
from content.media.medium import shown_name
from tests import files


def refusal(root: Path, data: bytes) -> Refusal:
    with pytest.raises(MediumRefused) as refused:
        keep(root, data, "documento.pdf")
    assert list(root.iterdir()) == []
    return refused.value.code


def pdf(root: Path, kept: Medium) -> pikepdf.Pdf:
    return pikepdf.open(root / kept.file_name)


def test_a_document_keeps_its_pages_and_forgets_its_writer(tmp_path: Path) -> None:
    sent = files.pdf(3)
    assert files.WRITER.encode() in sent

    kept = keep(tmp_path, sent, "Delibera 12.pdf")

    assert (kept.kind, kept.mime, kept.pages) == (MediumKind.DOCUMENT, "application/pdf", 3)
    assert kept.name == "Delibera 12.pdf"
    assert b"Ada" not in kept.read(tmp_path)
    with pdf(tmp_path, kept) as opened:
        assert len(opened.pages) == 3
        assert "/Metadata" not in opened.Root
        assert "/Info" not in opened.trailer


def test_a_document_does_nothing_and_carries_nothing(tmp_path: Path) -> None:
    sent = files.pdf(hostile=True)
    assert b"app.alert" in sent

    kept = keep(tmp_path, sent)

    data = kept.read(tmp_path)
    for word in (b"app.alert", b"JavaScript", b"Launch", b"cmd.exe", b"virus.exe", b"MZ enclosed"):
        assert word not in data
    with pdf(tmp_path, kept) as opened:
        assert len(opened.attachments) == 0
        assert [str(note["/Subtype"]) for note in opened.pages[0]["/Annots"]] == ["/Link"]


def test_a_document_is_shown_by_its_first_page(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.pdf(2))

    width, height = files.seen(tmp_path / str(kept.poster_name)).size
    assert height == 1000
    assert width == pytest.approx(1000 * 595 / 842, abs=2)


def test_a_document_of_five_hundred_pages_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, files.pdf(500)) is Refusal.TOO_MANY_PAGES
    assert keep(tmp_path, files.pdf(MAX_PAGES)).pages == MAX_PAGES


def test_a_document_with_a_password_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, files.pdf(password="segreta")) is Refusal.PROTECTED


def test_a_document_that_arrived_in_part_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, files.pdf(20)[:300]) is Refusal.BROKEN


@pytest.mark.parametrize(("kind", "told"), [("docx", "docProps/core.xml"), ("odt", "meta.xml")])
def test_a_text_of_a_word_processor_is_kept_without_its_writer(
    tmp_path: Path, kind: str, told: str
) -> None:
    kept = keep(tmp_path, files.office(kind), f"Relazione.{kind}")

    assert kept.file_name.endswith(f".{kind}")
    assert kept.name == f"Relazione.{kind}"
    with zipfile.ZipFile(tmp_path / kept.file_name) as opened:
        assert opened.testzip() is None
        assert "Ada" not in opened.read(told).decode()
        body = "word/document.xml" if kind == "docx" else "content.xml"
        assert "La delibera" in opened.read(body).decode()
        if kind == "odt":
            first = opened.infolist()[0]
            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_macros_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, files.office(macros=True)) is Refusal.MACROS


def test_a_small_archive_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    bomb = files.office(filler=300 << 20)
    assert len(bomb) < 1 << 20

    assert refusal(tmp_path, bomb) is Refusal.SWELLS


def test_an_archive_that_is_no_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("setup.exe", b"MZ")
    data = path.read_bytes()
    path.unlink()

    assert refusal(tmp_path, data) is Refusal.UNKNOWN


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Delibera.PDF", "Delibera.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ada\\piano.pdf", "piano.pdf"),
        ("fattura\u202efdp.exe", "fatturafdp.pdf"),
        ("", "documento.pdf"),
        ("a" * 300, "a" * 96 + ".pdf"),
    ],
)
def test_a_name_is_shown_as_what_it_is(given: str, shown: str) -> None:
    assert shown_name(given, "application/pdf") == shown
