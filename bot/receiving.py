"""Every file on its way in, whoever brought it: looked at for viruses, kept, and heard."""

from pathlib import Path
from typing import BinaryIO

import structlog

from bot.turn import Newsroom
from content.media import (
    Medium,
    MediumKind,
    MediumRefused,
    Refusal,
    keep_captions,
    keep_file,
    soundtrack,
)
from content.scanning import ScannerDown
from content.senses import Transcript

log = structlog.get_logger()


async def kept(newsroom: Newsroom, path: Path, name: str) -> Medium:
    """Keep a file of any size that is on the disk; raises MediumRefused."""
    with path.open("rb") as data:
        await scan(newsroom, data)
    return await newsroom.aside(keep_file, newsroom.media_root, path, name)


async def scan(newsroom: Newsroom, data: BinaryIO) -> None:
    """Refuse what carries a virus, and what nobody could look at."""
    try:
        found = await newsroom.scanner.scan(data)
    except ScannerDown as error:
        log.warning("scanner_down", error=str(error))
        raise MediumRefused(Refusal.NOT_SCANNED) from error
    if found is not None:
        log.warning("virus_found", virus=found)
        raise MediumRefused(Refusal.INFECTED)


async def heard(newsroom: Newsroom, medium: Medium) -> Transcript | None:
    """Return what is said in a recording, where someone hears."""
    if not newsroom.hears or medium.kind not in (MediumKind.VIDEO, MediumKind.AUDIO):
        return None
    sound = await newsroom.aside(soundtrack, newsroom.media_root, medium)
    if sound is None:
        return None
    data, name = sound
    return await newsroom.hearing.transcribe(data, name)


async def captioned(newsroom: Newsroom, medium: Medium, said: Transcript) -> Medium:
    """Give a recording its words and, where their times are known, its captions."""
    known: dict[str, str] = {"transcript": said.text}
    if said.captions is not None:
        known["captions"], _ = await newsroom.aside(
            keep_captions, newsroom.media_root, said.captions
        )
    return medium.model_copy(update=known)
