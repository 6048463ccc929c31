"""A picture too heavy for a channel is made lighter, any other is left alone."""

import random
from io import BytesIO

from PIL import Image

from publishers.pictures import fitting


def noise(side: int) -> bytes:
    """Return a picture that no format makes small, half transparent on its left."""
    data = random.Random(1).randbytes(side * side * 4)  # noqa: S311  # noise, not a secret
    picture = Image.frombytes("RGBA", (side, side), data)
    picture.paste((0, 0, 0, 0), (0, 0, side // 2, side))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_light_picture_is_left_alone() -> None:
    picture = noise(8)
    assert fitting(picture, "image/png", len(picture)) == (picture, "image/png")


def test_a_heavy_picture_becomes_a_jpeg_that_fits() -> None:
    picture = noise(600)
    lighter, mime = fitting(picture, "image/png", 300_000)
    assert len(lighter) <= 300_000 < len(picture)
    with Image.open(BytesIO(lighter)) as opened:
        assert (mime, opened.format, opened.size) == ("image/jpeg", "JPEG", (600, 600))
        corner = opened.getpixel((10, 10))
    assert isinstance(corner, tuple)
    assert min(corner) > 240  # what was transparent is white


def test_an_enormous_picture_loses_quality_until_it_fits() -> None:
    lighter, _ = fitting(noise(600), "image/png", 80_000)
    assert len(lighter) <= 80_000
