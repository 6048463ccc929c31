"""A file that comes with an ordinary form, for browsers without JavaScript: all or nothing."""

from collections.abc import AsyncIterator
from typing import Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from bottega.web.uploads.depot import End, Part

LARGEST: Final = 200_000_000
SPARE: Final = 65_536
"""What the form around the file may take."""
FIELD: Final = "file"


class NotAFile(Exception):
    """What came is no form with one file in it, or only the beginning of one."""


class TooLarge(Exception):
    """The file is larger than a form may bring."""


async def take(request: Request, part: Part) -> tuple[int, str]:
    """Write the form's file to the disk; return its size and what its sender calls it.

    Raises NotAFile, TooLarge, Full.
    """
    form = _Form(request)
    await part.empty()
    end = await part.append(form.file(), LARGEST)
    if end is End.TOO_MUCH:
        raise TooLarge
    size = await part.size()
    if end is not End.ALL or not form.whole or not size:
        raise NotAFile
    return size, form.name


class _Form:
    """A form with a file, read as it comes."""

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type"))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise NotAFile
        self._request, self.name, self.whole = request, "", False
        self._header, self._value, self._takes = b"", b"", False
        self._bytes = bytearray()
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._part_began,
                "on_header_field": self._header_came,
                "on_header_value": self._value_came,
                "on_header_end": self._header_ended,
                "on_part_data": self._data_came,
                "on_end": self._ended,
            },
        )

    async def file(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the file."""
        try:
            async for block in self._request.stream():
                self._parser.write(block)
                yield bytes(self._bytes)
                self._bytes.clear()
        except FormParserError as error:
            raise NotAFile from error

    def _part_began(self) -> None:
        self._takes = False

    def _header_came(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _value_came(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ended(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._takes = options.get(b"name") == FIELD.encode() and b"filename" in options
            if self._takes:
                self.name = options[b"filename"].decode("utf-8", "replace")
        self._header = self._value = b""

    def _data_came(self, data: bytes, start: int, end: int) -> None:
        if self._takes:
            self._bytes += data[start:end]

    def _ended(self) -> None:
        self.whole = True
