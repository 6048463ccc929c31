"""Buttons of the console's other pages: each does one verb, once, and goes back to its page."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, TypeAlias

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.visit import Visit
from content.store import broke_off

LONGEST_REASON: Final = 300
_TRIES: Final = 3
Do: TypeAlias = Callable[[Visit, AsyncSession], Awaitable[str]]
Show: TypeAlias = Callable[..., Awaitable[Response]]


class Stopped(Exception):
    """Nothing was done; `why` names in the page's template what to say."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def reason(visit: Visit) -> str:
    """Return why somebody does a thing, as the record keeps it; raises Stopped without."""
    said = " ".join(visit.told("motivo").split())[:LONGEST_REASON]
    if not said:
        raise Stopped("no_reason")
    return said


def act(
    do: Do, path: str | Callable[[Visit], str], page: Show
) -> Callable[[Visit], Awaitable[Response]]:
    """Return what does a verb in one transaction, then leads back to the page at `path`.

    `do` returns what to tell at the head of the page; where it raises Stopped, `page` is shown
    with the reason, and nothing was done.
    """

    async def answer(visit: Visit) -> Response:
        try:
            done = await _done(visit, do)
        except Stopped as stopped:
            return await page(visit, stopped.why, HTTPStatus.CONFLICT)
        visit.desk.planned()
        visit.desk.happened()
        return visit.go(path if isinstance(path, str) else path(visit), fatto=done)

    return answer


async def _done(visit: Visit, do: Do) -> str:
    for left in reversed(range(_TRIES)):
        try:
            async with visit.desk.store.transaction() as session:
                return await do(visit, session)
        except DBAPIError as error:
            if not left or not broke_off(error):
                raise
    raise AssertionError
