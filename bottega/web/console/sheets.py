"""Tables for a spreadsheet, as the Italian Excel opens them, in which nothing is a formula."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final

_BOM: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet may take for a formula:
https://owasp.org/www-community/attacks/CSV_Injection"""


async def lines(
    header: Sequence[str], batches: AsyncIterator[Iterable[Sequence[object]]]
) -> AsyncIterator[str]:
    """Yield a table as CSV, batch by batch: with a byte order mark, semicolons, quoted cells."""
    yield _BOM + _written([header])
    async for rows in batches:
        yield _written(rows)


def plain(data: Mapping[str, object]) -> str:
    """Return facts as one cell of text, empty where there are none."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True) if data else ""


def _written(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(
        [[_harmless(str(cell)) for cell in row] for row in rows]
    )
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
