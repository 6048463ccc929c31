"""The people's side over HTTP."""

import asyncio

import httpx
import telegram

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Person
from tests.bottega.sandbox.telegram.cast import buttons, picture


class TestControl:
    async def test_another_process_acts_as_a_person(
        self, sandbox: Sandbox, bot: telegram.Bot
    ) -> None:
        async with httpx.AsyncClient(base_url=f"{sandbox.url}/control/telegram") as page:
            await page.post("/person", json={"id": 101, "first_name": "Ada"})
            wrote = await page.post("/write", json={"person": 101, "text": "/start"})
            assert wrote.json()["entities"][0]["type"] == "bot_command"
            await bot.send_message(101, "Confermi?", reply_markup=buttons(Sì="si"))
            files = [("file", ("a.jpg", picture())), ("file", ("b.jpg", picture()))]
            album = await page.post("/album", data={"person": 101, "caption": "Foto"}, files=files)
            assert len({message["media_group_id"] for message in album.json()}) == 1
            seen = (await page.get("/state")).json()
            (chat,) = seen["chats"]
            assert [message.get("text") for message in chat["messages"]] == [
                "/start", "Confermi?", None, None,
            ]  # fmt: skip
            file_id = chat["messages"][2]["photo"][-1]["file_id"]
            assert (await page.get(f"/file/{file_id}")).content == picture()
            pressing = asyncio.create_task(
                page.post("/press", json={"person": 101, "message_id": 2, "button": "Sì"})
            )
            await sandbox.telegram.wait_for(lambda: sandbox.telegram.presses)
            await bot.answer_callback_query(next(iter(sandbox.telegram.presses)), "Fatto")
            assert (await pressing).json() == {"text": "Fatto", "alert": False, "url": ""}

    async def test_the_page_waits_for_news(self, sandbox: Sandbox, ada: Person) -> None:
        async with httpx.AsyncClient(base_url=f"{sandbox.url}/control/telegram") as page:
            before = (await page.get("/state")).json()["revision"]
            watching = asyncio.create_task(
                page.get("/state", params={"after": before, "seconds": 20}, timeout=25)
            )
            await asyncio.sleep(0.1)
            assert not watching.done()
            ada.write("Ciao")
            state = (await watching).json()
            assert state["revision"] > before
            assert state["chats"][0]["messages"][0]["text"] == "Ciao"

    async def test_what_cannot_be_done_is_said(self, sandbox: Sandbox, ada: Person) -> None:
        async with httpx.AsyncClient(base_url=f"{sandbox.url}/control/telegram") as page:
            ada.block()
            refused = await page.post("/write", json={"person": ada.id, "text": "Ciao"})
            assert refused.status_code == 422
            assert "blocked" in refused.json()["error"]
            missing = {"person": ada.id, "message_id": 5, "button": "Sì"}
            assert (await page.post("/press", json=missing)).status_code == 422

    async def test_people_come_and_share_from_outside_too(
        self, sandbox: Sandbox, bot: telegram.Bot
    ) -> None:
        async with httpx.AsyncClient(base_url=f"{sandbox.url}/control/telegram") as page:
            for number, name in ((101, "Ada"), (102, "Bruno")):
                await page.post("/person", json={"id": number, "first_name": name})
            await page.post("/group", json={"id": -7, "title": "Redazione", "people": [102]})
            await page.post("/join", json={"person": 101, "chat": -7})
            here = {"person": 101, "latitude": 43.7, "longitude": 11.2}
            await page.post("/location", json=here)
            await page.post("/contact", json={"person": 101, "phone_number": "+39055000000"})
            for verb, name in (("document", "piano.pdf"), ("video", "v.mp4"), ("voice", "v.oga")):
                await page.post(f"/{verb}", data={"person": 101}, files={"file": (name, b"dati")})
            await page.post("/edit", json={"person": 101, "message_id": 3, "text": "Il piano"})
            await page.post("/leave", json={"person": 101, "chat": -7})
        heard = [update.effective_message for update in await bot.get_updates()]
        kinds = [message and telegram.helpers.effective_message_type(message) for message in heard]
        assert kinds == [
            "new_chat_members", "location", "contact", "document", "video", "voice", "document",
            "left_chat_member",
        ]  # fmt: skip
        assert sandbox.telegram.people[101].chat.find("Il piano")
