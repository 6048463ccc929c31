"""Connect an account in the browser: `bottega connect x|facebook`."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bottega.alone import CannotStart, opened
from bottega.connecting import HOST, PATH, Declined, waiting
from bottega.keys import NO_KEY
from bottega.settings import Settings
from content import credentials
from content.handshakes import Offer, Secret
from content.history import NEWSROOM
from content.vault import Vault
from publishers import Facebook, X
from publishers.base import CannotTell, ChannelDown, Rejected, Unavailable, Unclear
from publishers.connectable import Connectable

NOT_WELL: Final = 1
PORT: Final = 8723
PATIENCE_SECONDS: Final = 600.0
_KEPT: Final = "Non è cambiato niente."
Port = Annotated[int, typer.Option(help="Where the browser comes back, on this computer.")]


class Stopped(Exception):
    """Why no account was connected, in Italian; nothing changed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What connecting needs: the settings, what seals, and how to speak with the person."""

    settings: Settings
    vault: Vault
    say: Callable[[str], None]
    port: int
    choose: Callable[[str], str] = typer.prompt


def commands(settings: Callable[[], Settings], say: Callable[[str], None]) -> typer.Typer:
    """Return the commands; `settings` reads the settings, `say` shows a line."""
    app = typer.Typer(no_args_is_help=True, help=__doc__)

    @app.command()
    def x(port: Port = PORT) -> None:
        """Connect the X account that posts, and keep it sealed in the database."""

        async def connect(desk: Desk) -> None:
            await connect_to(desk, X)

        _end(_connected(settings(), say, port, connect), say)

    @app.command()
    def facebook(
        port: Port = PORT,
        page: Annotated[str, typer.Option(help="The page's number, to choose it at once.")] = "",
    ) -> None:
        """Connect the Facebook page on which posts go out, and keep it sealed in the database."""

        async def connect(desk: Desk) -> None:
            await connect_to(desk, Facebook, "localhost", page)

        _end(_connected(settings(), say, port, connect), say)

    return app


async def connect_to(
    desk: Desk, one: type[Connectable], host: str = HOST, wanted: str = ""
) -> None:
    """Let the person choose the account at a service, and keep it; raises Stopped, the adapter's.

    `wanted` is the id of the account to choose at once.
    """
    publisher = one(desk.settings.channels()[one.channel], Path())
    secret, back = Secret(), f"http://{host}:{desk.port}{PATH}"
    if publisher.lacking:
        told = " e ".join(publisher.lacking)
        raise Stopped(f"In .env manca: {told}. {publisher.preparation(back)}")
    code = await asked(desk, secret, publisher.question(secret, back), one.label)
    offers = await asyncio.to_thread(publisher.offers, code, secret, back)
    chosen = _chosen(desk, offers, wanted)
    await asyncio.to_thread(publisher.vouch, chosen)
    await keep(desk, one.channel, chosen)


def _chosen(desk: Desk, there: Sequence[Offer], wanted: str) -> Offer:
    """Return the account that the person names, or the only one to be had; raises Stopped."""
    for one in there:
        if one.closed:
            desk.say(one.closed)
    there = [one for one in there if not one.closed]
    if not wanted and len(there) > 1:
        for number, one in enumerate(there, 1):
            desk.say(f"{number}. {one.name} ({one.id})")
        said = desk.choose("Quale pagina? Scrivi il suo numero d'ordine")
        if not (said.isdecimal() and 1 <= int(said) <= len(there)):
            raise Stopped(f"Nessuna pagina ha quel numero. {_KEPT} Ricomincia.")
        return there[int(said) - 1]
    for one in there:
        if wanted in ("", one.id):
            return one
    names = ", ".join(f"«{one.name}» ({one.id})" for one in there)
    raise Stopped(f"La pagina {wanted} non è fra quelle a cui hai dato l'accesso: {names}. {_KEPT}")


async def asked(desk: Desk, secret: Secret, address: str, where: str) -> str:
    """Send the person to an address and return the code that the browser brings back."""
    async with waiting(secret.state, desk.port) as callback:
        desk.say(f"1. Apri questo indirizzo nel browser di questo computer:\n\n{address}\n")
        desk.say(f"2. Entra in {where} con l'account della redazione e dai l'accesso.")
        desk.say("3. Poi torna qui: aspetto dieci minuti.")
        try:
            return await callback.code(PATIENCE_SECONDS)
        except Declined:
            raise Stopped(f"L'accesso non è stato dato. {_KEPT}") from None
        except TimeoutError:
            raise Stopped(f"Sono passati dieci minuti. {_KEPT} Ricomincia.") from None


async def keep(desk: Desk, channel: str, chosen: Offer) -> None:
    """Keep what was granted, sealed, and let the channel send again if nobody paused it."""
    async with opened(desk.settings) as store, store.transaction() as session:
        account, now = (chosen.id, chosen.name), datetime.now(UTC)
        resumed = await credentials.keep(
            session, desk.vault, channel, chosen.grant, account, by=NEWSROOM, now=now
        )
    desk.say(f"Collegato: {chosen.name}.")
    if resumed:
        desk.say("Il canale era in pausa e riprende da solo.")


async def _connected(
    settings: Settings,
    say: Callable[[str], None],
    port: int,
    connect: Callable[[Desk], Awaitable[None]],
) -> None:
    """Look first whether what was granted could be kept; raises Stopped, CannotStart."""
    vault = settings.vault
    if vault is None:
        raise Stopped(NO_KEY)
    async with opened(settings):
        pass
    await connect(Desk(settings, vault, say, port))


def _end(work: Coroutine[Any, Any, None], say: Callable[[str], None]) -> None:
    try:
        asyncio.run(work)
    except (Stopped, CannotStart) as problem:
        say(str(problem))
    except (CannotTell, ChannelDown, Rejected, Unavailable, Unclear) as problem:
        say(f"Il collegamento non è riuscito: {problem} {_KEPT} Ricomincia.")
    else:
        return
    raise typer.Exit(NOT_WELL)
