"""Animated pictures: a GIF that moves is kept as a film without sound, another as a picture."""

import io
from pathlib import Path

import av
import pytest
from PIL import Image

from content.media import MAX_PIXELS, MediumKind, MediumRefused, Refusal, keep, keep_file
from tests import files


def test_a_gif_that_moves_is_a_film_without_sound(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.gif(20), "giro.gif")

    assert (kept.mime, kept.kind) == ("video/mp4", MediumKind.VIDEO)
    assert (kept.width, kept.height, kept.seconds) == (160, 90, 2.0)
    with av.open(str(tmp_path / kept.file_name)) as opened:
        (stream,) = opened.streams
        assert stream.codec_context.codec.canonical_name == "h264"
        assert opened.duration is not None
        assert opened.duration / av.time_base == pytest.approx(2, abs=0.05)
        assert len(list(opened.decode(video=0))) >= 20
    data = kept.read(tmp_path)
    assert kept.size == len(data)
    assert files.WRITER.encode() not in data
    assert files.seen(tmp_path / str(kept.poster_name)).size == (160, 90)


def test_the_same_gif_is_the_same_film(tmp_path: Path) -> None:
    assert keep(tmp_path / "a", files.gif()).sha256 == keep(tmp_path / "b", files.gif()).sha256


def test_a_gif_that_does_not_move_is_a_picture(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.gif(1))

    assert (kept.mime, kept.kind, kept.seconds) == ("image/jpeg", MediumKind.PICTURE, None)
    assert files.seen(tmp_path / kept.file_name).size == (160, 90)


def test_each_picture_shows_for_its_time(tmp_path: Path) -> None:
    slow, hasty = keep(tmp_path, files.gif(4, milliseconds=500)), files.gif(10, milliseconds=10)

    assert slow.seconds == 2.0
    assert keep(tmp_path, hasty).seconds == 1.0  # as browsers show it


def test_odd_sides_and_transparent_grounds_are_made_fit_for_a_film(tmp_path: Path) -> None:
    clear = [Image.new("RGBA", (81, 61), (0, 0, 0, 0)) for _ in range(3)]
    for number, one in enumerate(clear):
        one.putpixel((number, 0), (255, 0, 0, 255))
    out = io.BytesIO()
    clear[0].save(out, "GIF", save_all=True, append_images=clear[1:], duration=200, disposal=2)

    kept = keep(tmp_path, out.getvalue())

    assert (kept.width % 2, kept.height % 2) == (0, 0)
    poster = files.seen(tmp_path / str(kept.poster_name)).convert("RGB")
    pixel = poster.getpixel((40, 30))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 240


def test_a_large_gif_is_brought_to_a_sane_size(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.gif(2, (2000, 1000)))

    assert (kept.width, kept.height) == (1280, 640)


def test_one_that_is_on_disk_is_kept_alike(tmp_path: Path) -> None:
    source = tmp_path / "giro.gif"
    source.write_bytes(files.gif())

    assert keep_file(tmp_path / "kept", source) == keep(tmp_path / "kept", files.gif())


def test_a_gif_that_breaks_off_at_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, files.gif()[:20])

    assert refused.value.code is Refusal.BROKEN
    assert not list(tmp_path.iterdir())


def test_a_gif_of_too_many_pixels_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    huge = bytearray(files.gif(2))
    side = int(MAX_PIXELS**0.5) + 1
    huge[6:10] = side.to_bytes(2, "little") * 2  # the logical screen

    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, bytes(huge))

    assert refused.value.code is Refusal.TOO_MANY_PIXELS
