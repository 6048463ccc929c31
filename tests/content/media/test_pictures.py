import io
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from content.media import (
    MAX_SIDE,
    MediumKind,
    MediumRefused,
    Refusal,
    discard_unfinished,
    keep,
    keep_file,
)
from tests import files


def exif() -> bytes:
    told = Image.Exif()
    told[0x010F], told[0x0112] = "Telefono di Ada", 6  # the maker, and "to be turned"
    told.get_ifd(0x8825).update({1: "N", 2: (45.0, 27.0, 0.0)})
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=told)
    return out.getvalue()


def test_a_photo_keeps_its_picture_and_loses_where_it_was_taken(tmp_path: Path) -> None:
    sent = exif()
    assert b"Telefono" in sent

    kept = keep(tmp_path, sent)

    assert (kept.kind, kept.width, kept.height) == (MediumKind.PICTURE, 40, 60)
    assert b"Telefono" not in kept.read(tmp_path)
    assert not files.seen(tmp_path / kept.file_name).getexif()


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_a_photo_as_phones_keep_it_becomes_one_that_every_reader_sees(
    tmp_path: Path, form: str
) -> None:
    pillow_heif.register_heif_opener()
    told = Image.Exif()
    told[0x010F] = "Telefono di Ada"
    out = io.BytesIO()
    Image.new("RGB", (640, 400), "teal").save(out, form, exif=told)
    assert b"Telefono" in out.getvalue()

    kept = keep(tmp_path, out.getvalue(), "IMG_0042.HEIC")

    assert (kept.mime, kept.width, kept.height) == ("image/jpeg", 640, 400)
    assert b"Telefono" not in kept.read(tmp_path)


def test_a_phones_photo_is_taken_from_its_file_with_the_same_bounds(tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    source = tmp_path / "source"
    Image.new("RGB", (8200, 6100)).save(source, "HEIF", quality=10)

    with pytest.raises(MediumRefused) as refused:
        keep_file(tmp_path / "kept", source)

    assert refused.value.code is Refusal.TOO_MANY_PIXELS


def test_a_large_photo_becomes_as_large_as_a_page_needs(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.photo((6000, 3000)))

    assert (kept.width, kept.height) == (MAX_SIDE, MAX_SIDE // 2)


def test_the_same_photo_is_kept_once(tmp_path: Path) -> None:
    first, second = keep(tmp_path, files.photo()), keep(tmp_path, files.photo())

    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [first.file_name]


def test_what_hides_behind_a_photo_does_not_survive(tmp_path: Path) -> None:
    behind = files.office() + b"<html><script>alert(1)</script></html>"

    kept = keep(tmp_path, files.photo() + behind).read(tmp_path)

    assert b"<script>" not in kept
    assert b"PK\x03\x04" not in kept
    assert Image.open(io.BytesIO(kept)).size == (320, 200)


def test_a_photo_of_fifty_megapixels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, files.photo((8200, 6100)))

    assert refused.value.code is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_small_file_that_would_fill_the_memory_is_refused_unopened(
    tmp_path: Path, side: int
) -> None:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )

    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, bomb)

    assert refused.value.code is Refusal.TOO_MANY_PIXELS
    assert list(tmp_path.iterdir()) == []


def test_a_photo_that_arrived_in_part_is_refused(tmp_path: Path) -> None:
    whole = files.photo((900, 900))

    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, whole[: len(whole) // 2])

    assert refused.value.code is Refusal.BROKEN


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', Refusal.SVG),
        (b'<?xml version="1.0"?><!-- x --><svg onload="alert(1)"/>', Refusal.SVG),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), Refusal.UNKNOWN),
        (b"not a picture at all", Refusal.UNKNOWN),
        (b"MZ\x90\0" + bytes(200), Refusal.UNKNOWN),
        (b"", Refusal.UNKNOWN),
    ],
)
def test_what_is_no_photo_is_refused_by_name(tmp_path: Path, data: bytes, code: Refusal) -> None:
    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, data, "foto.jpg")

    assert refused.value.code is code


def test_what_a_crash_left_half_done_is_discarded_in_time(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.photo())
    (tmp_path / ".part-old").mkdir()
    (tmp_path / ".part-old" / "source").write_bytes(exif())
    hour = timedelta(hours=1)
    touched = datetime.fromtimestamp((tmp_path / ".part-old").stat().st_mtime, UTC)

    assert discard_unfinished(tmp_path, before=touched - hour) == 0
    assert discard_unfinished(tmp_path, before=touched + hour) == 1
    assert [one.name for one in tmp_path.iterdir()] == [kept.file_name]
    assert discard_unfinished(tmp_path / "nowhere", before=touched) == 0
