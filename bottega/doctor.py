"""What is well and what is not, in plain words: tokens, rights, clock, database."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
from sqlalchemy.exc import DBAPIError
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bottega import migrations
from bottega.outside import scanner_of
from bottega.runtime import publishers_of, utc_now
from bottega.settings import Settings
from content import credentials, people
from content.credentials import Credential
from content.scanning import ScannerDown
from content.store import Store
from publishers import PUBLISHERS
from publishers.base import ChannelDown, Finding, Publisher, Unavailable
from scheduler.access import Access

CLOCK_MAY_ERR: Final = timedelta(seconds=30)
_PATIENCE_SECONDS: Final = 10.0


async def examine(settings: Settings) -> list[Finding]:
    """Check everything at once and return the findings in a fixed order."""
    publishers = publishers_of(settings)
    absent = [
        Finding(True, f"{one.label}: non configurato, le uscite lo saltano.")
        for one in PUBLISHERS
        if one.channel not in publishers
    ]
    groups = await asyncio.gather(
        _database(settings),
        _telegram(settings),
        _clock(settings),
        _antivirus(settings),
        _channels(settings, list(publishers.values())),
    )
    return [*(finding for group in groups for finding in group), *absent]


def sentence(finding: Finding) -> str:
    """Return a finding as a line for the terminal."""
    mark = "✓" if finding.well else "✗"
    return f"{mark} {finding.what} {finding.mend}".rstrip()


async def _database(settings: Settings) -> Sequence[Finding]:
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database)
    try:
        revision = await migrations.current(store)
        if revision is None:
            return [Finding(True, "Il database è vuoto: lo prepara il primo avvio.")]
        if revision != migrations.HEAD:
            return [Finding(True, "Il database è di una versione precedente: lo aggiorna l’avvio.")]
        async with store.reading() as session:
            tied = await people.desk(session)
    except (DBAPIError, OSError) as error:
        name = type(error).__name__
        mend = "Controlla DATABASE_URL (o DATA_DIR) e che il server sia acceso."
        return [Finding(False, f"Il database non risponde ({name}).", mend)]
    finally:
        await store.close()
    if tied is None:
        mend = "Aggiungi il bot al gruppo dei moderatori e scrivi lì /collega."
        return [
            Finding(True, "Il database è pronto."),
            Finding(True, f"Nessun gruppo di moderatori collegato. {mend}"),
        ]
    return [Finding(True, f"Il database è pronto; la redazione è il gruppo «{tied.title}».")]


async def _telegram(settings: Settings) -> Sequence[Finding]:
    if settings.telegram_token is None:
        return [Finding(True, "Nessun TELEGRAM_TOKEN: `bottega run` parte nella sandbox.")]
    bot = Bot(settings.telegram_token.get_secret_value(), f"{settings.telegram_api_url}/bot")
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await bot.initialize()
    except InvalidToken:
        mend = "Copia di nuovo TELEGRAM_TOKEN da @BotFather."
        return [Finding(False, "Telegram rifiuta il token.", mend)]
    except (TelegramError, TimeoutError) as error:
        mend = "Controlla la rete e TELEGRAM_API_URL."
        return [Finding(False, f"Telegram non risponde ({type(error).__name__}).", mend)]
    finally:
        await bot.shutdown()
    return [Finding(True, f"Telegram: il bot è @{bot.username}.")]


async def _clock(settings: Settings) -> Sequence[Finding]:
    """Compare the clock with Telegram's `Date`: a wrong clock sends at the wrong time."""
    if settings.telegram_token is None:
        return []
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
            answer = await client.get(settings.telegram_api_url)
        theirs: datetime = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError):
        return []  # the finding on Telegram itself says that it does not answer
    apart = abs(utc_now() - theirs)
    if apart > CLOCK_MAY_ERR:
        mend = "Accendi la sincronizzazione (timedatectl set-ntp true)."
        return [
            Finding(False, f"L’orologio sbaglia di {int(apart.total_seconds())} secondi.", mend)
        ]
    return [Finding(True, "L’orologio è giusto.")]


async def _antivirus(settings: Settings) -> Sequence[Finding]:
    if settings.clamd_address is None:
        return []
    try:
        await scanner_of(settings).scan(io.BytesIO(b"a clean file"))
    except ScannerDown as error:
        mend = "Finché non risponde nessun file viene accettato: controlla clamd e CLAMD_ADDRESS."
        return [Finding(False, f"L’antivirus non risponde ({error}).", mend)]
    told = f"L’antivirus risponde; StreamMaxLength sia almeno {settings.max_upload_mb} MB."
    return [Finding(True, told)]


async def _channels(settings: Settings, publishers: Sequence[Publisher]) -> Sequence[Finding]:
    """Look at each channel with its account, where one is connected."""
    store = Store(settings.database)
    access = Access(store, settings.vault, utc_now)
    try:
        known = await _accounts(store)
        found = await asyncio.gather(
            *(_channel(one, known.get(one.channel), access) for one in publishers)
        )
    finally:
        await access.finish()
        await store.close()
    return [finding for several in found for finding in several]


async def _accounts(store: Store) -> dict[str, Credential]:
    """Return the connected accounts; none where the database is not ready for them."""
    try:
        if await migrations.current(store) != migrations.HEAD:
            return {}
        async with store.reading() as session:
            return {one.channel: one for one in await credentials.all_of(session)}
    except (DBAPIError, OSError):
        return {}  # the finding on the database itself says that it does not answer


async def _channel(
    publisher: Publisher, account: Credential | None, access: Access
) -> Sequence[Finding]:
    if account is None and not publisher.has_keys:
        mend = f"Collegalo in Canali, oppure con «bottega connect {publisher.channel}»."
        return [Finding(False, f"{publisher.label} non è ancora collegato.", mend)]
    if account is None:
        return [_lasting(one, publisher) for one in await _checked(publisher)]
    try:
        signed = await access(publisher)
    except (ChannelDown, Unavailable) as error:
        return [Finding(False, error.reason)]
    rights = account.scopes.replace(" ", ", ") or "nessuno"
    until = "si rinnova da solo" if account.expires_at else "non scade"
    told = f"{publisher.label}: collegato {account.account}, permessi {rights}; l’accesso {until}."
    return [Finding(True, told), *await _checked(signed)]


def _lasting(finding: Finding, publisher: Publisher) -> Finding:
    """Say of what is well until when it will be."""
    if not finding.well:
        return finding
    return replace(finding, what=f"{finding.what} {publisher.lasts}".rstrip())


async def _checked(publisher: Publisher) -> Sequence[Finding]:
    try:
        return await asyncio.to_thread(publisher.check)
    except Exception as error:  # noqa: BLE001 - the doctor reports, whatever it meets
        name = type(error).__name__
        return [Finding(False, f"{publisher.label}: il controllo non riesce ({name}).", "Riprova.")]
