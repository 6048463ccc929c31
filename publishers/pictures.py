"""Pictures no heavier than a channel takes them."""

from io import BytesIO
from typing import Final

from PIL import Image

__all__ = ["fitting", "small"]

_SIDE: Final = 2048


def fitting(picture: bytes, mime: str, most: int) -> tuple[bytes, str]:
    """Return the picture and its type: as it is within `most` bytes, else as a smaller JPEG.

    What was transparent becomes white.
    """
    if len(picture) <= most:
        return picture, mime
    with Image.open(BytesIO(picture)) as opened:
        opened.thumbnail((_SIDE, _SIDE))
        seen = opened.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen)
    for quality in (85, 60, 30):
        out = BytesIO()
        flat.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= most:
            break
    return out.getvalue(), "image/jpeg"


def small(picture: bytes, side: int) -> bytes:
    """Return a picture as a JPEG whose longest side is at most so many pixels."""
    with Image.open(BytesIO(picture)) as opened:
        opened.thumbnail((side, side))
        out = BytesIO()
        opened.convert("RGB").save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
