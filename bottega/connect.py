"""Connect an account in the browser: `bottega connect x|facebook`."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bottega.alone import CannotStart, opened
from bottega.connecting import HOST, PATH, Declined, Secret, waiting
from bottega.keys import NO_KEY
from bottega.settings import Settings
from content import credentials
from content.credentials import Account, Grant
from content.history import NEWSROOM
from content.vault import Vault
from publishers import Facebook, X, facebook_oauth, x_oauth
from publishers.base import CannotTell, ChannelDown, Rejected, Unavailable, Unclear

NOT_WELL: Final = 1
PORT: Final = 8723
PATIENCE_SECONDS: Final = 600.0
_KEPT: Final = "Non è cambiato niente."
_LET_POST: Final = (
    "Chi ne ha il controllo completo le dia, nelle impostazioni della pagina, l'attività "
    "«Contenuti»."
)
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
        _end(_connected(settings(), say, port, connect_x), say)

    @app.command()
    def facebook(
        port: Port = PORT,
        page: Annotated[str, typer.Option(help="The page's number, to choose it at once.")] = "",
    ) -> None:
        """Connect the Facebook page on which posts go out, and keep it sealed in the database."""

        async def connect(desk: Desk) -> None:
            await connect_facebook(desk, page)

        _end(_connected(settings(), say, port, connect), say)

    return app


async def connect_x(desk: Desk) -> None:
    """Let the person choose the account at X, and keep it; raises Stopped and the adapter's."""
    publisher = X(desk.settings.channels()[X.channel], Path())
    if not publisher.app.client_id:
        raise Stopped(
            "Manca X_CLIENT_ID. Su console.x.com apri la tua app, «User authentication settings»: "
            f"permessi «Read and write», indirizzo di ritorno http://{HOST}:{desk.port}{PATH}. Poi "
            "copia Client ID (e Client Secret) in .env."
        )
    secret, back = Secret(), f"http://{HOST}:{desk.port}{PATH}"
    address = x_oauth.address(publisher.app, back, secret.state, secret.challenge)
    code = await asked(desk, secret, address, "X")
    grant = await asyncio.to_thread(x_oauth.redeem, publisher.app, code, secret.verifier, back)
    if missing := sorted(set(x_oauth.SCOPES) - set(grant.scopes)):
        raise Stopped(f"X non ha dato tutti i permessi: manca {', '.join(missing)}. Ricomincia.")
    signed = publisher.signed_in(Account("", "", grant.token))
    number, name = await asyncio.to_thread(signed.me)
    wanted = publisher.username
    if wanted and name.lower() != wanted.lower():
        raise Stopped(
            f"Hai dato l'accesso a @{name}, ma X_USERNAME dice @{wanted}: entra in X con l'account "
            "giusto, oppure correggi X_USERNAME. Poi ricomincia."
        )
    await keep(desk, X.channel, grant, (number, f"@{name}"))


async def connect_facebook(desk: Desk, page_id: str = "") -> None:
    """Let the person choose the page at Facebook, and keep it; raises Stopped and the adapter's."""
    publisher = Facebook(desk.settings.channels()[Facebook.channel], Path())
    app, secret, back = publisher.app, Secret(), f"http://localhost:{desk.port}{PATH}"
    if not app.id or not app.secret:
        raise Stopped(
            "Mancano FACEBOOK_APP_ID e FACEBOOK_APP_SECRET. Su developers.facebook.com apri la tua "
            f"app; in «Facebook Login», «Impostazioni», aggiungi l'indirizzo di ritorno {back}. "
            "Poi copia da «Impostazioni», «Di base», ID e chiave segreta in .env."
        )
    address = facebook_oauth.address(app, back, secret.state)
    code = await asked(desk, secret, address, "Facebook")
    token = await asyncio.to_thread(facebook_oauth.redeem, app, code, back)
    scopes = await asyncio.to_thread(facebook_oauth.granted, app, token)
    if missing := sorted(set(facebook_oauth.SCOPES) - set(scopes)):
        raise Stopped(
            f"Facebook non ha dato tutti i permessi: manca {', '.join(missing)}. {_KEPT} "
            "Ricomincia e lascia acceso ciò che chiede."
        )
    there = await asyncio.to_thread(facebook_oauth.pages, app, token)
    page = _chosen(desk, there, page_id or publisher.page_id)
    signed = publisher.signed_in(Account(page.id, page.name, page.token))
    (finding,) = await asyncio.to_thread(signed.check)
    if not finding.well:
        raise Stopped(f"{finding.what} {_KEPT}")
    await keep(desk, Facebook.channel, Grant(page.token, scopes), (page.id, page.name))


def _chosen(desk: Desk, there: Sequence[facebook_oauth.Page], wanted: str) -> facebook_oauth.Page:
    """Return the page, of those that can be posted on, that settings or person name.

    Raises Stopped.
    """
    if not there:
        raise Stopped(
            f"Facebook non mostra nessuna pagina. {_KEPT} Ricomincia con chi ha il controllo della "
            "pagina, e sceglila quando Facebook lo chiede."
        )
    closed = [page for page in there if not page.posts]
    there = [page for page in there if page.posts]
    for page in closed:
        if page.id == wanted or not there:
            raise Stopped(f"{_cannot_post(page)} {_KEPT} {_LET_POST} Poi ricomincia.")
        desk.say(f"{_cannot_post(page)} {_LET_POST}")
    if not wanted and len(there) > 1:
        for number, page in enumerate(there, 1):
            desk.say(f"{number}. {page.name} ({page.id})")
        said = desk.choose("Quale pagina? Scrivi il suo numero d'ordine")
        if not (said.isdecimal() and 1 <= int(said) <= len(there)):
            raise Stopped(f"Nessuna pagina ha quel numero. {_KEPT} Ricomincia.")
        return there[int(said) - 1]
    for page in there:
        if wanted in ("", page.id):
            return page
    names = ", ".join(f"«{page.name}» ({page.id})" for page in there)
    raise Stopped(
        f"La pagina {wanted} non è fra quelle a cui hai dato l'accesso: {names}. {_KEPT} Correggi "
        "FACEBOOK_PAGE_ID, oppure ricomincia con l'account giusto."
    )


def _cannot_post(page: facebook_oauth.Page) -> str:
    return (
        f"Su «{page.name}» ({page.id}) chi ha dato l'accesso non può pubblicare, e per questo non "
        "la propongo."
    )


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


async def keep(desk: Desk, channel: str, grant: Grant, account: tuple[str, str]) -> None:
    """Keep what was granted, sealed, and let the channel send again if nobody paused it."""
    async with opened(desk.settings) as store, store.transaction() as session:
        resumed = await credentials.keep(
            session, desk.vault, channel, grant, account, by=NEWSROOM, now=datetime.now(UTC)
        )
    desk.say(f"Collegato: {account[1]}.")
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
