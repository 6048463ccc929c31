"""OpenDocument and Office Open XML: kept as they are, but for who wrote them and for macros."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from content.media.medium import MediumRefused, Refusal

MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_MEMBERS: Final = 5_000
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENTS: Final = frozenset({"text", "spreadsheet", "presentation"})
_BY_FOLDER: Final[Mapping[str, str]] = {
    "word/document.xml": f"{_OPEN_XML}wordprocessingml.document",
    "xl/workbook.xml": f"{_OPEN_XML}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OPEN_XML}presentationml.presentation",
}
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BLANKS: Final[Mapping[str, str]] = {
    "docProps/core.xml": (
        f"{_XML}<cp:coreProperties xmlns:cp="
        '"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        f"{_XML}<Properties xmlns="
        '"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
    ),
    "docProps/custom.xml": (
        f"{_XML}<Properties xmlns="
        '"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    ),
    "meta.xml": (
        f"{_XML}<office:document-meta "
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"/>'
    ),
}
"""Where a document says who wrote it, and the same file saying nothing."""
_MACROS: Final = ("vbaproject.bin", "basic/", "scripts/")


def clean(source: Path, target: Path) -> str:
    """Write the document without its author; return its type. Raises MediumRefused."""
    try:
        with zipfile.ZipFile(source) as opened:
            members = opened.infolist()
            mime = _type(opened)
            _check(members)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
                for one in members:
                    _copy(opened, made, one)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise MediumRefused(Refusal.BROKEN) from error
    return mime


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > MAX_UNPACKED:
        raise MediumRefused(Refusal.SWELLS)
    if any(one.flag_bits & 1 for one in members):
        raise MediumRefused(Refusal.PROTECTED)
    names = [one.filename.lower() for one in members]
    if any(name.endswith(_MACROS[0]) or name.startswith(_MACROS[1:]) for name in names):
        raise MediumRefused(Refusal.MACROS)


def _type(opened: zipfile.ZipFile) -> str:
    """Return the type by what is inside; raises MediumRefused for any other archive."""
    names = set(opened.namelist())
    if "mimetype" in names:
        with opened.open("mimetype") as told:
            mime = told.read(200).decode("ascii", "replace").strip()
        if mime.removeprefix(_OPEN_DOCUMENT) in _OPEN_DOCUMENTS:
            return mime
    if "[Content_Types].xml" in names:
        for name, mime in _BY_FOLDER.items():
            if name in names:
                return mime
    raise MediumRefused(Refusal.UNKNOWN)


def _copy(opened: zipfile.ZipFile, made: zipfile.ZipFile, one: zipfile.ZipInfo) -> None:
    # No date of when it was written; OpenDocument's type comes first and uncompressed.
    into = zipfile.ZipInfo(one.filename)
    into.compress_type = zipfile.ZIP_STORED if one.filename == "mimetype" else zipfile.ZIP_DEFLATED
    if one.filename in _BLANKS:
        made.writestr(into, _BLANKS[one.filename])
        return
    left = one.file_size
    with opened.open(one) as source, made.open(into, "w") as target:
        while block := source.read(1 << 16):
            left -= len(block)
            if left < 0:  # it says to be smaller than it is
                raise MediumRefused(Refusal.SWELLS)
            target.write(block)
