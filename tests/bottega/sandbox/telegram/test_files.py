"""Uploads, downloads and their limits."""

import io

import httpx
import pytest
import telegram
from PIL import Image
from telegram.error import BadRequest

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Person
from tests.bottega.sandbox.telegram.cast import picture


class TestFiles:
    async def test_a_jpeg_comes_back_to_the_byte_with_smaller_sizes(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        content = picture(1600, 900)
        ada.send_photo(content)
        (update,) = await bot.get_updates()
        assert update.message is not None
        sizes = update.message.photo
        assert [max(size.width, size.height) for size in sizes] == [90, 320, 1600]
        assert bytes(await (await sizes[-1].get_file()).download_as_bytearray()) == content

    async def test_a_large_png_becomes_a_jpeg_of_2560_pixels(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        ada.send_photo(picture(4000, 2000, "PNG"))
        (update,) = await bot.get_updates()
        assert update.message is not None
        file = await update.message.photo[-1].get_file()
        with Image.open(io.BytesIO(await file.download_as_bytearray())) as got:
            assert (got.format, got.size) == ("JPEG", (2560, 1280))

    async def test_what_is_above_20_mb_is_not_downloaded(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        ada.send_document(bytes(20 * 1024 * 1024 + 1), "grande.bin")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        with pytest.raises(BadRequest, match="File is too big"):
            await update.message.document.get_file()

    async def test_uploads_have_limits(self, bot: telegram.Bot, ada: Person) -> None:
        with pytest.raises(BadRequest, match="too big for a photo"):
            await bot.send_photo(ada.id, picture() + bytes(10 * 1024 * 1024))
        with pytest.raises(telegram.error.NetworkError, match="Request Entity Too Large"):
            await bot.send_document(ada.id, bytes(50 * 1024 * 1024 + 1))
        with pytest.raises(BadRequest, match="Image_process_failed"):
            await bot.send_photo(ada.id, b"no picture")

    async def test_a_file_is_sent_again_by_its_id(self, bot: telegram.Bot, ada: Person) -> None:
        first = await bot.send_photo(ada.id, picture(), caption="Uno")
        again = await bot.send_photo(ada.id, first.photo[-1].file_id)
        assert again.photo == first.photo
        with pytest.raises(BadRequest, match="Can't use file of type photo as document"):
            await bot.send_document(ada.id, first.photo[-1].file_id)
        with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
            await bot.send_photo(ada.id, "nonsense")

    async def test_downloads_need_the_token(
        self, sandbox: Sandbox, bot: telegram.Bot, ada: Person
    ) -> None:
        sent = await bot.send_document(ada.id, b"dati", filename="dati.csv")
        assert sent.document is not None
        path = str((await sent.document.get_file()).file_path)
        async with httpx.AsyncClient() as client:
            assert (await client.get(path)).content == b"dati"
            stolen = path.replace(sandbox.telegram.token, "1:wrong")
            assert (await client.get(stolen)).status_code == 401
