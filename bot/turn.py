"""What a handler works with: the newsroom, and the one update being handled."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Update
from telegram.error import BadRequest

from bot import outbox
from bot.inbox import Inbox, InboxState, Received, open_row, release_held
from bot.outbox import Keyboard
from content.articles import Article, piece
from content.posts import Post
from content.store import Store
from publishers.base import Publisher

Result = TypeVar("Result")


@dataclass(slots=True)
class Newsroom:
    """All that the bot's rooms share; built by the runtime."""

    store: Store
    inbox: Inbox
    media_root: Path
    site_url: str
    publishers: Mapping[str, Publisher]
    page_channel: str | None
    clock: Callable[[], datetime]
    administrator_id: int | None = None
    username: str = ""
    said: Callable[[], None] = field(default=lambda: None)
    submitted: Callable[[], None] = field(default=lambda: None)
    planned: Callable[[], None] = field(default=lambda: None)
    happened: Callable[[], None] = field(default=lambda: None)

    def label(self, channel: str) -> str:
        """Return a channel's name as people say it."""
        publisher = self.publishers.get(channel)
        return publisher.label if publisher else channel

    async def aside(self, work: Callable[..., Result], *values: object) -> Result:
        """Run blocking work beside the loop."""
        return await asyncio.to_thread(work, *values)

    async def render(self, session: AsyncSession, article: Article) -> list[Post]:
        """Return what each channel would be sent of an article."""
        whole = await piece(session, article, self.site_url)
        return [publisher.render(whole) for publisher in self.publishers.values()]


class Turn:
    """One update, from its arrival to the commit of all that it causes."""

    def __init__(self, newsroom: Newsroom, update: Update) -> None:
        self.newsroom, self.update, self.now = newsroom, update, newsroom.clock()
        self._session: AsyncSession | None = None
        self._row: Received | None = None
        self._requeue: list[str] = []

    @property
    def chat_id(self) -> int:
        """Where the update came from."""
        assert self.update.effective_chat is not None
        return self.update.effective_chat.id

    @property
    def user_id(self) -> int:
        """Who caused the update."""
        assert self.update.effective_user is not None
        return self.update.effective_user.id

    @property
    def user_name(self) -> str:
        """How the person calls themselves on Telegram."""
        assert self.update.effective_user is not None
        return self.update.effective_user.full_name

    @property
    def session(self) -> AsyncSession:
        """The open transaction's session."""
        assert self._session is not None
        return self._session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Do everything the update causes, and mark it handled, in one transaction.

        Raises AlreadyHandled. Network calls belong before it.
        """
        async with self.newsroom.store.transaction() as session:
            self._session, self._row = session, await open_row(session, self.update.update_id)
            yield session
            if self._row.state is InboxState.WAITING:
                self._row.state, self._row.handled_at = InboxState.HANDLED, self.now
            session.add(self._row)
        self._session = None
        for body in self._requeue:
            self.newsroom.inbox.put_nowait(Update.de_json(json.loads(body), self.update.get_bot()))
        self.newsroom.said()

    def hold(self) -> None:
        """Keep this update for after its sender's consent, instead of handling it now."""
        assert self._row is not None
        self._row.state = InboxState.HELD

    async def let_go_held(self) -> int:
        """Queue what was held for this person, once the transaction is committed; how many."""
        self._requeue = await release_held(self.session, self.user_id)
        return len(self._requeue)

    async def say(
        self, text: str, keyboard: Keyboard = (), *, ref: str | None = None, reply: bool = False
    ) -> None:
        """Answer in the chat the update came from."""
        await outbox.say(
            self.session, self.chat_id, text, keyboard, now=self.now, ref=ref, reply=reply
        )

    async def mend(self, ref: str, text: str, keyboard: Keyboard = ()) -> None:
        """Edit the message last said under `ref` in this chat."""
        await outbox.mend(self.session, self.chat_id, ref, text, keyboard, now=self.now)

    async def answer(self, text: str = "", *, alert: bool = False) -> None:
        """Answer the press of a button, so that its clock stops; too late an answer is no harm."""
        query = self.update.callback_query
        if query is None:
            return
        try:
            await query.answer(text or None, show_alert=alert)
        except BadRequest:  # "query is too old": the person is no longer looking
            return

    async def download(self, file_id: str) -> bytes:
        """Fetch a file that a person sent."""
        file = await self.update.get_bot().get_file(file_id)
        return bytes(await file.download_as_bytearray())
