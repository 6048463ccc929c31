import asyncio
import io
from pathlib import Path

import pytest

from content.outside.scanner import Clamd
from content.scanning import ScannerDown
from tests.loopback import hang, listening

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner takes for a virus: https://www.eicar.org/download-anti-malware-testfile/"""


class FakeClamd:
    """Speaks INSTREAM as clamd does, and finds EICAR alone."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer, self.heard = answer, b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        data = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            data += await reader.readexactly(length)
        self.heard = data
        verdict = b"stream: Eicar-Signature FOUND" if EICAR in data else b"stream: OK"
        writer.write(self.answer if self.answer is not None else verdict + b"\0")
        await writer.drain()


async def test_a_clean_file_is_sent_whole_and_passes() -> None:
    fake, data = FakeClamd(), bytes(range(256)) * 1000
    async with listening(fake.serve) as port:
        assert await Clamd(f"127.0.0.1:{port}").scan(io.BytesIO(data)) is None
    assert fake.heard == data


async def test_a_virus_is_called_by_its_name() -> None:
    async with listening(FakeClamd().serve) as port:
        assert (
            await Clamd(f"127.0.0.1:{port}").scan(io.BytesIO(b"prima" + EICAR)) == "Eicar-Signature"
        )


async def test_a_socket_of_this_machine_does_too(tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    async with listening(FakeClamd().serve, str(path)):
        assert await Clamd(str(path)).scan(io.BytesIO(EICAR)) == "Eicar-Signature"


@pytest.mark.parametrize(
    "answer",
    [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK", b"\xff\xff\0"],
    ids=["too large", "nothing", "half", "garbled"],
)
async def test_an_answer_that_is_no_verdict_lets_nothing_pass(answer: bytes) -> None:
    async with listening(FakeClamd(answer).serve) as port:
        with pytest.raises(ScannerDown):
            await Clamd(f"127.0.0.1:{port}").scan(io.BytesIO(b"file"))


async def test_nobody_there_lets_nothing_pass() -> None:
    with pytest.raises(ScannerDown):
        await Clamd("127.0.0.1:9").scan(io.BytesIO(b"file"))


async def test_a_scanner_that_hangs_is_left_in_time() -> None:
    async with listening(hang) as port:
        with pytest.raises(ScannerDown):
            await Clamd(f"127.0.0.1:{port}", seconds=0.2).scan(io.BytesIO(b"file"))
