"""The button of the newsroom in the browser, in the private chats of its members alone."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import structlog
from sqlmodel import SQLModel, col, delete, select
from telegram import MenuButtonDefault, MenuButtonWebApp, WebAppInfo
from telegram.error import BadRequest, Forbidden
from telegram.ext import ExtBot

from bot import texts
from bot.rounds import Rounds
from bot.turn import Newsroom
from content.people import Moderator
from content.store import telegram_id

log = structlog.get_logger()
AGAIN: Final = timedelta(hours=1)
"""After so long a chat that Telegram did not know is tried again: they may have written since."""


class Menu(SQLModel, table=True):
    """Whose chat has the button, and where it leads."""

    telegram_id: int = telegram_id(primary_key=True)
    url: str


class Menus(Rounds):
    """Gives the button to who is of the newsroom, and takes it from who no longer is."""

    every: ClassVar[float] = 10.0

    def __init__(self, newsroom: Newsroom, bot: ExtBot[Any]) -> None:
        super().__init__()
        self._newsroom, self._bot = newsroom, bot
        self._refused: dict[int, datetime] = {}

    async def look(self) -> None:
        """Make every chat's button what it should be; Telegram opens https addresses only."""
        url = f"{self._newsroom.console}/entra"
        async with self._newsroom.store.reading() as session:
            rows = (await session.exec(select(Menu))).all()
            query = select(Moderator.telegram_id).where(col(Moderator.active))
            members = (await session.exec(query)).all() if url.startswith("https://") else []
        shown, wanted = {one.telegram_id: one.url for one in rows}, dict.fromkeys(members, url)
        for person in sorted(shown.keys() | wanted.keys()):
            if shown.get(person) != wanted.get(person):
                await self._give(person, wanted.get(person))

    async def _give(self, person: int, url: str | None) -> None:
        """Set or reset one chat's button; what is written down is what Telegram was told last.

        https://core.telegram.org/bots/api#setchatmenubutton
        """
        now = self._newsroom.clock()
        if self._refused.get(person, now) > now:
            return
        button = MenuButtonWebApp(texts.CONSOLE_BUTTON, WebAppInfo(url)) if url else None
        try:
            await self._bot.set_chat_menu_button(person, button or MenuButtonDefault())
        except (BadRequest, Forbidden) as error:  # they never wrote to the bot, or blocked it
            log.info("no_menu_button", reason=error.message)
            self._refused[person] = now + AGAIN
            return
        async with self._newsroom.store.transaction() as session:
            if url is None:
                await session.exec(delete(Menu).where(col(Menu.telegram_id) == person))
            else:
                await session.merge(Menu(telegram_id=person, url=url))
