"""Files: told by their content, bounded before they are opened, cleaned, kept by their hash."""

from content.media.keeping import (
    CAPTIONS,
    discard_unfinished,
    form_of,
    keep,
    keep_captions,
    keep_file,
    soundtrack,
)
from content.media.medium import MAX_BYTES, Medium, MediumKind, MediumRefused, Refusal
from content.media.pictures import MAX_PIXELS, MAX_SIDE, clean

__all__ = [
    "CAPTIONS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "Medium",
    "MediumKind",
    "MediumRefused",
    "Refusal",
    "clean",
    "discard_unfinished",
    "form_of",
    "keep",
    "keep_captions",
    "keep_file",
    "soundtrack",
]
