"""PDF documents: their pages, without code, enclosed files, or word of who wrote them."""

from pathlib import Path
from typing import Final

import pikepdf
import pypdfium2
from PIL import Image

from content.media.medium import MediumRefused, Refusal

MAX_PAGES: Final = 200
PREVIEW_SIDE: Final = 1000
_DROPPED: Final = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/OpenAction", "/JavaScript",
    "/XFA", "/AF", "/EmbeddedFiles", "/Collection",
)  # fmt: skip
"""What names people, does something or carries a file, in whatever object it stands."""
_ACTIONS: Final = frozenset({"/GoTo", "/URI", "/Named"})
"""What a press may do: go to a page or to an address (ISO 32000-2, 12.6)."""
_NOTES: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/Popup", "/Text"}
)
"""Notes in the margin name their authors; the others carry files."""


def clean(source: Path, target: Path) -> int:
    """Write the document without what is not its pages; return how many they are.

    Raises MediumRefused.
    """
    try:
        with pikepdf.open(source) as opened:
            pages = len(opened.pages)
            if pages > MAX_PAGES:
                raise MediumRefused(Refusal.TOO_MANY_PAGES)
            if pages == 0:
                raise MediumRefused(Refusal.BROKEN)
            _strip(opened)
            opened.save(target, deterministic_id=True, encryption=False)
    except pikepdf.PasswordError:
        raise MediumRefused(Refusal.PROTECTED) from None
    except (pikepdf.PdfError, pikepdf.DeletedObjectError, ValueError, TypeError) as error:
        if isinstance(error, MediumRefused):
            raise
        raise MediumRefused(Refusal.BROKEN) from error
    return pages


def preview(source: Path) -> Image.Image | None:
    """Return the first page as a picture, None when it cannot be drawn."""
    try:
        opened = pypdfium2.PdfDocument(source)
        try:
            page = opened[0]
            scale = PREVIEW_SIDE / max(*page.get_size(), 1)
            drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
            return drawn.convert("RGB")
        finally:
            opened.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return None


def _strip(opened: pikepdf.Pdf) -> None:
    if "/Info" in opened.trailer:
        del opened.trailer["/Info"]
    waiting: list[pikepdf.Object] = [opened.Root, *opened.objects]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            _strip_one(one)
            inside = [value for _, value in one.items()]
        elif isinstance(one, pikepdf.Array):
            inside = list(one.as_list())
        else:
            continue
        waiting += [
            value for value in inside if isinstance(value, _NESTED) and not value.is_indirect
        ]


_NESTED: Final = (pikepdf.Dictionary, pikepdf.Array)


def _strip_one(one: pikepdf.Dictionary | pikepdf.Stream) -> None:
    for key in _DROPPED:
        if key in one:
            del one[key]
    action = one.get("/A")
    if isinstance(action, pikepdf.Dictionary):
        if str(action.get("/S", "")) not in _ACTIONS:
            del one["/A"]
        elif "/Next" in action:
            del action["/Next"]
    notes = one.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        one["/Annots"] = pikepdf.Array([note for note in notes.as_list() if _is_plain(note)])


def _is_plain(note: object) -> bool:
    return isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype", "")) not in _NOTES
