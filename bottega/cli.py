"""The command line: `bottega run`, `doctor`, `replay`, `audit verify`, `ebook`, `rubrica`, …."""

import asyncio
import sys
from typing import Annotated, Final

import typer

from bottega import column, connect, ebook, keys, roles
from bottega.settings import BadSettings, Settings, load

BAD_SETTINGS: Final = 2
NOT_WELL: Final = 1

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
audit = typer.Typer(no_args_is_help=True, help="The record, and the proof that it is whole.")
app.add_typer(audit, name="audit")


@app.command()
def run(
    role: Annotated[
        list[str],
        typer.Option(help="bot, web, worker or all; again or with commas for several."),
    ] = ["all"],  # noqa: B006 - Typer only reads it
) -> None:
    """Run the newsroom: the real one with a TELEGRAM_TOKEN, else in the sandbox.

    On PostgreSQL, --role gives this process a part of the work.
    """
    settings = _settings()
    try:
        chosen = roles.parse(role)
    except roles.UnknownRole as problem:
        _say(str(problem))
        raise typer.Exit(BAD_SETTINGS) from None
    from bottega import logs  # noqa: PLC0415 - the other commands start faster without
    from bottega.alone import CannotStart  # noqa: PLC0415

    logs.configure(settings.log_level)
    try:
        if settings.telegram_token is None and chosen == roles.ALL:
            from bottega import playground  # noqa: PLC0415

            asyncio.run(playground.run(settings, _say))
        else:
            asyncio.run(_run(settings, chosen))
    except CannotStart as problem:
        _say(str(problem))
        raise typer.Exit(NOT_WELL) from None


@app.command()
def doctor() -> None:
    """Check tokens, rights, clock and database, and say what to mend."""
    settings = _settings()
    from bottega import doctor as examination  # noqa: PLC0415

    findings = asyncio.run(examination.examine(settings))
    for finding in findings:
        _say(examination.sentence(finding))
    if not all(finding.well for finding in findings):
        raise typer.Exit(NOT_WELL)


@app.command()
def replay(
    update_id: Annotated[int | None, typer.Argument(help="One update; all when left out.")] = None,
    *,
    show: Annotated[bool, typer.Option("--list", help="Only list them.")] = False,
) -> None:
    """Handle again the messages that failed, once what made them fail is mended."""
    settings = _settings()
    from bottega import mending  # noqa: PLC0415
    from bottega.alone import CannotStart  # noqa: PLC0415

    try:
        if show:
            for line in asyncio.run(mending.listed(settings)):
                _say(line)
            return
        count = asyncio.run(mending.again(settings, update_id))
    except CannotStart as problem:
        _say(str(problem))
        raise typer.Exit(NOT_WELL) from None
    _say(f"Messaggi da trattare di nuovo: {count}. Ci pensa il bot, appena è acceso.")
    if update_id is not None and not count:
        raise typer.Exit(NOT_WELL)


@app.command()
def migrate_database(target_url: str) -> None:
    """Copy the SQLite newsroom into an empty PostgreSQL, postgresql+psycopg://…, and prove it."""
    settings = _settings()
    from bottega import transfer  # noqa: PLC0415
    from bottega.alone import CannotStart  # noqa: PLC0415

    try:
        transfer.move(settings.database, target_url, _say)
    except (transfer.CannotMove, CannotStart) as problem:
        _say(str(problem))
        raise typer.Exit(NOT_WELL) from None
    _say("Copiato, e uguale. Ora indica il nuovo database in DATABASE_URL e avvia.")


@audit.command()
def verify(
    seal: Annotated[str | None, typer.Option(help="The hash of a seal noted elsewhere.")] = None,
) -> None:
    """Prove that no row of the record was changed, slipped in or taken out."""
    settings = _settings()
    from bottega import audit as auditing  # noqa: PLC0415
    from bottega.alone import CannotStart  # noqa: PLC0415

    try:
        proof = auditing.verify(settings.database, seal)
    except CannotStart as problem:
        _say(str(problem))
        raise typer.Exit(NOT_WELL) from None
    for line in auditing.sentences(proof):
        _say(line)
    if proof.broken is not None:
        raise typer.Exit(NOT_WELL)


async def _run(settings: Settings, chosen: frozenset[roles.Role]) -> None:
    """Examine, say what is not well, and run: a channel that is down waits, the others work."""
    from bottega import runtime  # noqa: PLC0415
    from bottega.doctor import examine, sentence  # noqa: PLC0415

    newsroom = runtime.Runtime(settings, roles=chosen)
    for finding in await examine(settings):
        if not finding.well:
            _say(sentence(finding))
    await runtime.run(newsroom, _say)


def main() -> None:
    """Enter from the shell."""
    app()


def _settings() -> Settings:
    try:
        settings = load()
        settings.channels()
    except BadSettings as problem:
        _say(f"Impostazioni da correggere (in .env o nell’ambiente):\n{problem}")
        raise typer.Exit(BAD_SETTINGS) from None
    return settings


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


app.add_typer(column.commands(_settings, _say), name="rubrica")
app.add_typer(ebook.commands(_settings, _say), name="ebook")
app.add_typer(keys.commands(_settings, _say), name="keys")
app.add_typer(connect.commands(_settings, _say), name="connect")
