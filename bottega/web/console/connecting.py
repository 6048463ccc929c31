"""Canali: an account let in from the browser: the question, the way back, and what is chosen."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act
from bottega.web.console.desk import BASE
from bottega.web.console.visit import Refused, Visit
from content import credentials, handshakes
from content.handshakes import Handshake, Offer, Secret
from content.vault import CannotOpen, Vault
from publishers.base import CannotTell, ChannelDown, Rejected, Unavailable, Unclear
from publishers.connectable import Connectable

log = structlog.get_logger()
CHANNELS: Final = "/canali"
BACK: Final = "/canali/collegato"
"""Where services send people back; it is written in their consoles, and so it stays."""
_LONGEST_PROBLEM: Final = 400


@dataclass(frozen=True, slots=True)
class Trip:
    """How far a person is: before they went (`address`), back with `offers`, or with a problem.

    None of them while the service is asked.
    """

    address: str = ""
    offers: Sequence[Offer] = ()
    problem: str = ""


async def show(visit: Visit) -> Response:
    """Show a channel's account, and how far the person is who connects one."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with the page; `said` names in account.html what to tell at its head."""
    publisher = _publisher(visit)
    async with visit.desk.store.reading() as session:
        account = await credentials.of(session, publisher.channel)
        row = await handshakes.underway(session, visit.token, publisher.channel, now=visit.now)
    trip = _trip(visit, publisher, row)
    return visit.show(
        "account.html",
        status,
        said=said,
        publisher=publisher,
        account=account,
        trip=trip,
        missing=_missing(visit, publisher),
        back=_back(visit),
    )


async def _ask(visit: Visit, session: AsyncSession) -> str:
    """Begin: the page then has the way to the service."""
    publisher = _publisher(visit)
    if _framed(visit):
        raise Stopped("framed")
    if _missing(visit, publisher):
        raise Stopped("missing")
    await handshakes.ask(session, _vault(visit), visit.token, publisher.channel, now=visit.now)
    return ""


async def come_back(visit: Visit) -> Response:
    """Take what the service sends with a person, once, and lead them to a page without it."""
    taken = await _taken(visit)
    if taken is None:
        return visit.go(CHANNELS, fatto="bad_state")
    row, secret = taken
    try:
        offers = await _offers(visit, visit.desk.connectable[row.channel], secret)
    except Stopped as stopped:
        await _fail(visit, row, stopped.why)
        return visit.go(_path(row.channel))
    return await _received(visit, row, offers)


async def _taken(visit: Visit) -> tuple[Handshake, Secret] | None:
    """Use up the state that came back; None where it proves nothing."""
    if visit.desk.vault is None:
        return None
    state = visit.query.get("state", "")
    try:
        async with visit.desk.store.transaction() as session:
            taken = await handshakes.take(
                session, visit.desk.vault, visit.token, state, now=visit.now
            )
    except CannotOpen:
        return None
    return taken if taken is not None and taken[0].channel in visit.desk.connectable else None


async def _offers(visit: Visit, publisher: Connectable, secret: Secret) -> Sequence[Offer]:
    """Ask the service what the person let in; raises Stopped with what to tell them."""
    code = visit.query.get("code", "")
    if not code:
        raise Stopped("L’accesso non è stato dato.")
    try:
        offers = await asyncio.to_thread(publisher.offers, code, secret, _back(visit))
        if len(offers) == 1:  # of several, the one that is chosen
            await asyncio.to_thread(publisher.vouch, offers[0])
    except Exception as error:  # noqa: BLE001 - whatever a service does, the person is told
        raise Stopped(_why(publisher, error)) from None
    return offers


async def _received(visit: Visit, row: Handshake, offers: Sequence[Offer]) -> Response:
    """Keep the one account there is, unless it takes another's place; else let people choose."""
    async with visit.desk.store.transaction() as session:
        account = await credentials.of(session, row.channel)
        if len(offers) > 1 or (account is not None and account.account_id != offers[0].id):
            await handshakes.keep_offers(session, _vault(visit), row, offers)
            return visit.go(_path(row.channel))
        if not await handshakes.drop(session, visit.token, row.channel):
            return visit.go(CHANNELS, fatto="bad_state")  # they gave it up meanwhile
        done = await _keep(visit, session, row.channel, offers[0])
    return _connected(visit, row.channel, done)


async def choose(visit: Visit) -> Response:
    """Connect the account that was chosen among those offered, or in another's place."""
    publisher, account_id = _publisher(visit), visit.told("account")
    channel = publisher.channel
    async with visit.desk.store.reading() as session:
        row = await handshakes.underway(session, visit.token, channel, now=visit.now)
    trip = _trip(visit, publisher, row)
    there = trip.offers if trip else ()
    chosen = [one for one in there if one.id == account_id and not one.closed]
    if row is None or not chosen:
        return await page(visit, "not_offered", HTTPStatus.CONFLICT)
    try:
        await asyncio.to_thread(publisher.vouch, chosen[0])
    except Exception as error:  # noqa: BLE001 - whatever a service does, the person is told
        await _fail(visit, row, _why(publisher, error))
        return visit.go(_path(channel))
    async with visit.desk.store.transaction() as session:
        offer = await handshakes.accept(
            session, _vault(visit), visit.token, channel, account_id, now=visit.now
        )
        done = await _keep(visit, session, channel, offer) if offer else None
    if done is None:
        return await page(visit, "not_offered", HTTPStatus.CONFLICT)
    return _connected(visit, channel, done)


def _connected(visit: Visit, channel: str, done: str) -> Response:
    visit.desk.planned()
    visit.desk.happened()
    return visit.go(_path(channel), fatto=done)


async def _fail(visit: Visit, row: Handshake, problem: str) -> None:
    async with visit.desk.store.transaction() as session:
        await handshakes.fail(session, row, problem[:_LONGEST_PROBLEM])


async def _keep(visit: Visit, session: AsyncSession, channel: str, offer: Offer) -> str:
    account = (offer.id, offer.name)
    resumed = await credentials.keep(
        session, _vault(visit), channel, offer.grant, account, by=visit.by, now=visit.now
    )
    return "resumed" if resumed else "connected"


async def _let_be(visit: Visit, session: AsyncSession) -> str:
    """End what was begun, with nothing changed."""
    await handshakes.drop(session, visit.token, _publisher(visit).channel)
    return "let_be"


async def _disconnect(visit: Visit, session: AsyncSession) -> str:
    """Forget the account; the channel waits for another, unless the settings have its keys."""
    publisher = _publisher(visit)
    reason = (
        f"L’account di {publisher.label} è stato scollegato da Canali: le uscite aspettano che "
        "chi amministra ne colleghi uno."
    )
    pause_for = None if publisher.has_keys else reason
    done = await credentials.disconnect(
        session, publisher.channel, pause_for, by=visit.by, now=visit.now
    )
    return "disconnected" if done else "already"


def _why(publisher: Connectable, error: Exception) -> str:
    """Return what to tell of a service's answer; what nobody foresaw is logged by its name."""
    match error:
        case ChannelDown() | Rejected() | Unavailable() | Unclear():
            return error.reason
        case CannotTell():
            return str(error)
    log.error("not_connected", channel=publisher.channel, error=type(error).__name__)
    return f"{publisher.label} non ha risposto come previsto."


def _trip(visit: Visit, publisher: Connectable, row: Handshake | None) -> Trip | None:
    """Return how far the person is; None when they have not begun."""
    vault = visit.desk.vault
    if row is None or vault is None:
        return None
    if row.problem is not None:
        return Trip(problem=row.problem)
    try:
        if row.returned_at is not None:
            return Trip(offers=handshakes.offered(vault, row))
        return Trip(address=publisher.question(handshakes.asked(vault, row), _back(visit)))
    except CannotOpen:
        return None


def _publisher(visit: Visit) -> Connectable:
    found = visit.desk.connectable.get(str(visit.request.path_params["channel"]))
    if found is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return found


def _missing(visit: Visit, publisher: Connectable) -> list[str]:
    """Return the lines of .env without which nothing can be connected."""
    key = [] if visit.desk.vault is not None else ["SECRET_KEY"]
    return [*key, *publisher.lacking]


def _vault(visit: Visit) -> Vault:
    if visit.desk.vault is None:
        raise Stopped("missing")
    return visit.desk.vault


def _framed(visit: Visit) -> bool:
    """Whether the console is shown within Telegram's web client, where no service shows itself."""
    return visit.request.headers.get("sec-fetch-dest") == "iframe"


def _back(visit: Visit) -> str:
    return f"{visit.desk.address}{BASE}{BACK}"


def _path(channel: str) -> str:
    return f"{CHANNELS}/{channel}/account"


def _own(visit: Visit) -> str:
    return _path(_publisher(visit).channel)


ask: Final = act(_ask, _own, page)
let_be: Final = act(_let_be, _own, page)
disconnect: Final = act(_disconnect, _own, page)
