"""A video too large for Telegram, from the button to the draft, whatever happens on the way."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from bottega.settings import Settings
from tests.files import film
from tests.journeys.conftest import Process
from tests.journeys.people import SEND_NO_MINORS, Message, Phone, buttons
from tests.journeys.test_participant import STORY, begun

BIG_VIDEO = "🎬 Video grande"
TUS = {"tus-resumable": "1.0.0"}
BYTES = TUS | {"content-type": "application/offset+octet-stream"}
FILM = film(seconds=3)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """A newsroom whose web server people can reach."""
    return environment | {"PUBLIC_URL": f"http://127.0.0.1:{environment['PORT']}"}


async def link_of(ada: Phone, scheda: Message) -> str:
    """Press the button of a scheda; return the address that comes."""
    await ada.presses(BIG_VIDEO, scheda)
    return address_in(await ada.sees("Carica il file", after=scheda["message_id"]))


def address_in(message: Message) -> str:
    [link] = [one["url"] for one in message["entities"] if one["type"] == "text_link"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/carica/[\w-]{43}", link)
    return str(link)


async def upload(link: str, data: bytes, name: str = "c2luZGFjby5tcDQ=") -> None:
    """Bring a whole file."""
    async with httpx.AsyncClient() as client:
        headers = TUS | {"upload-length": str(len(data)), "upload-metadata": f"filename {name}"}
        assert (await client.post(f"{link}/file", headers=headers)).status_code == 201
        headers = BYTES | {"upload-offset": "0"}
        answer = await client.patch(f"{link}/file", content=data, headers=headers)
        assert answer.status_code == 204


async def test_a_large_video_comes_by_its_page_and_the_piece_is_sent_with_it(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await begun(ada)
    link = await link_of(ada, scheda)

    await upload(link, FILM)

    shown = await ada.sees("è nella scheda", "Video", after=scheda["message_id"])
    assert SEND_NO_MINORS in buttons(shown)  # people can be seen in it
    receipt = await ada.submits(shown)
    await bruno.sees(receipt, "Obiettivi")


async def test_a_video_too_large_for_telegram_is_answered_with_the_link(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    await begun(ada)
    sandbox.telegram.files.download_limit = len(FILM) - 1
    ada.person.send_video(FILM)

    offered = await ada.sees("carica il file", "Il link vale solo per te")

    await upload(address_in(offered), FILM)
    await ada.sees("è nella scheda", "Video")


async def test_a_file_of_the_wrong_kind_is_told_and_another_may_come(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)

    await upload(await link_of(ada, scheda), b"MZ" + bytes(5000))

    refused = await ada.sees("«sindaco.mp4»", "intatto", after=scheda["message_id"])
    await ada.presses("🎬 Carica un altro file", refused)
    again = await ada.sees("Carica il file", after=refused["message_id"])
    await upload(address_in(again), FILM)
    await ada.sees("è nella scheda", "Video")


async def test_what_was_sent_meanwhile_is_sent_again_with_the_video(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await begun(ada)
    link = await link_of(ada, scheda)
    receipt = await ada.submits(scheda)
    await bruno.sees(receipt, "Obiettivi")

    await upload(link, FILM)

    shown = await ada.sees("era già in redazione", "Video", receipt)
    assert await ada.submits(shown) == receipt


async def test_who_writes_another_draft_meanwhile_is_not_turned_away_from_it(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    link = await link_of(ada, scheda)
    ada.write("/nuova")
    ada.write("Il Comune di Sondrio rinnova il parco giochi di via Nani, da lunedì prossimo.")
    await ada.sees("La tua segnalazione", "Sondrio")

    await upload(link, FILM)

    told = await ada.sees("è arrivato, ed è nella scheda", "biblioteca")
    ada.write("Ci saranno anche due altalene nuove e una fontanella.")
    assert "Sondrio" in (await ada.sees("due altalene", after=told["message_id"]))["text"]
    await ada.presses("✏️ Riprendi", told)
    await ada.sees("La tua segnalazione", "Tirano", "Video", after=told["message_id"])


async def test_with_a_bot_api_server_of_ones_own_telegram_brings_what_is_large(
    environment: dict[str, str],
    settings: Settings,
    sandbox: Sandbox,
    ada: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_LOCAL_API", "true")
    sandbox.telegram.files.local = tmp_path / "api"
    size = 21_000_000
    async with Runtime(Settings()).running():
        await begun(ada)
        ada.person.send_video(FILM + size.to_bytes(4, "big") + b"free" + bytes(size - 8))

        await ada.sees("La tua segnalazione", "Video", "0:03")


async def test_where_nobody_reaches_the_web_server_no_page_is_offered(
    settings: Settings, ada: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUBLIC_URL")

    async with Runtime(Settings()).running():
        assert BIG_VIDEO not in buttons(await begun(ada))


async def test_an_upload_goes_on_where_kill_9_ended_it(
    process: Process, ada: Phone, environment: dict[str, str]
) -> None:
    await asyncio.to_thread(process.start)
    scheda = await begun(ada, STORY)
    link = await link_of(ada, scheda)
    size = 9_000_000
    data = FILM + size.to_bytes(4, "big") + b"free" + bytes(size - 8)
    going = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        for start in range(0, len(data) // 2, 65_536):
            yield data[start : start + 65_536]
        going.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient(timeout=30) as client:
        headers = TUS | {"upload-length": str(len(data)), "upload-metadata": "filename YQ=="}
        await client.post(f"{link}/file", headers=headers)
        patch = client.patch(f"{link}/file", content=half(), headers=BYTES | {"upload-offset": "0"})
        sending = asyncio.create_task(patch)
        await going.wait()
        [part] = (Path(environment["DATA_DIR"]) / "uploads").iterdir()
        await asyncio.to_thread(_until_it_grows, part)
        await asyncio.to_thread(process.again)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

        asked = await client.head(f"{link}/file", headers=TUS)
        offset = int(asked.headers["upload-offset"])
        assert 0 < offset <= len(data) // 2 + 65_536
        headers = BYTES | {"upload-offset": str(offset)}
        await client.patch(f"{link}/file", content=data[offset:], headers=headers)
        await asyncio.to_thread(process.again)  # perhaps while it is being kept

    await ada.sees("è nella scheda", "Video")
    schede = [one for one in ada.chat.messages if "è nella scheda" in one.get("text", "")]
    assert len(schede) <= 2  # the one in flight may come twice


def _until_it_grows(part: Path) -> None:
    """Wait for the first bytes to be on the disk."""
    end = time.monotonic() + 30
    while not part.stat().st_size:
        assert time.monotonic() < end
        time.sleep(0.01)
