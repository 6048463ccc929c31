"""The web column from the shell: `bottega rubrica build|check|serve|export`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bottega.settings import Settings
from publishers import Rubrica

NOT_WELL = 1
_FLAWS = {
    "link": "un collegamento che non porta a nulla",
    "alt": "un’immagine senza descrizione",
    "orphan": "un file che nessuna pagina mostra",
}


def commands(settings: Callable[[], Settings], say: Callable[[str], None]) -> typer.Typer:
    """Return the commands; `settings` reads the settings, `say` shows a line."""
    app = typer.Typer(no_args_is_help=True, help=__doc__)

    def column() -> Rubrica:
        read = settings()
        return Rubrica(read.channels()[Rubrica.channel], read.media_root)

    @app.command()
    def build() -> None:
        """Write the whole site again from the column's index."""
        rubrica = column()
        rubrica.rebuild()
        rubrica.finish()
        say(f"Sito scritto in {rubrica.site}.")

    @app.command()
    def check() -> None:
        """Look for broken links, pictures without words, files that nobody shows."""
        flaws = list(column().flaws())
        for flaw in flaws:
            say(f"{flaw.where}: {_FLAWS[flaw.kind]} ({flaw.what})")
        if flaws:
            raise typer.Exit(NOT_WELL)
        say("Tutti i collegamenti portano a una pagina e tutte le immagini hanno una descrizione.")

    @app.command()
    def serve(
        port: Annotated[int, typer.Option(help="Where to listen, on this machine alone.")] = 8080,
    ) -> None:
        """Serve the finished pages on this machine, to look at them."""
        _serve(column(), port, say)

    @app.command()
    def export(
        file: Annotated[Path, typer.Argument(help="The ZIP to write.")],
        article: Annotated[
            list[str] | None, typer.Argument(help="Addresses or numbers of articles; none: all.")
        ] = None,
    ) -> None:
        """Write articles as clean HTML with their pictures, to be pasted into another CMS."""
        try:
            data, count = column().export(article or None)
        except LookupError as unknown:
            say(f"Non trovo questo articolo: {unknown.args[0]}.")
            raise typer.Exit(NOT_WELL) from None
        file.write_bytes(data)
        say(f"Articoli scritti in {file}: {count}.")

    return app


def _serve(rubrica: Rubrica, port: int, say: Callable[[str], None]) -> None:
    import uvicorn  # noqa: PLC0415 - the other commands start faster without
    from starlette.applications import Starlette  # noqa: PLC0415

    from bottega.web.rubrica import column as served  # noqa: PLC0415

    rubrica.prepare()
    say(f"La rubrica si legge su http://127.0.0.1:{port}/ (Ctrl+C per finire).")
    app = Starlette(routes=[served(rubrica.site)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
