"""The keys that seal the accounts' credentials: `bottega keys new|rotate`."""

import asyncio
from collections.abc import Callable
from typing import Final

import typer

from bottega.alone import CannotStart, opened
from bottega.settings import Settings
from content import credentials, vault

NOT_WELL: Final = 1
NO_KEY: Final = (
    "Manca SECRET_KEY, la chiave che tiene chiusi gli account nel database. Creane una con "
    "«bottega keys new», scrivila in .env e conservane una copia lontano dai backup."
)


def commands(settings: Callable[[], Settings], say: Callable[[str], None]) -> typer.Typer:
    """Return the commands; `settings` reads the settings, `say` shows a line."""
    app = typer.Typer(no_args_is_help=True, help=__doc__)

    @app.command()
    def new() -> None:
        """Show a new key, to be written first in SECRET_KEY."""
        say(vault.new_key())

    @app.command()
    def rotate() -> None:
        """Seal every credential with the first key of SECRET_KEY, so that the others may go."""
        read = settings()
        try:
            done, closed = asyncio.run(_rotated(read))
        except CannotStart as problem:
            say(str(problem))
            raise typer.Exit(NOT_WELL) from None
        say(f"Account chiusi con la prima chiave: {done}.")
        if closed:
            say(
                f"Nessuna chiave di SECRET_KEY apre: {', '.join(closed)}. Sono rimasti com'erano: "
                "aggiungi la chiave di prima, oppure ricollega l'account in Canali."
            )
            raise typer.Exit(NOT_WELL)
        say("Ora puoi togliere le chiavi vecchie da SECRET_KEY e riavviare.")

    return app


async def _rotated(settings: Settings) -> tuple[int, list[str]]:
    """Seal all anew, in one transaction; raises CannotStart."""
    chest = settings.vault
    if chest is None:
        raise CannotStart(NO_KEY)
    async with opened(settings) as store, store.transaction() as session:
        return await credentials.reseal(session, chest)
