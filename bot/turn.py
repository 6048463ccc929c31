"""What a handler works with: the newsroom, and the one update being handled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Update
from telegram.error import BadRequest

from bot import outbox
from bot.inbox import Inbox, hold, release_held, take_up
from bot.outbox import Keyboard
from content import people
from content.articles import Article, piece
from content.consents import permitted
from content.limits import Limits
from content.links import Links, NullLinks
from content.people import Participant
from content.posts import Piece, Post
from content.scanning import NullScanner, Scanner
from content.senses import Hearing, NullHearing
from content.store import Store
from content.submissions import Submission
from publishers.addresses import sourced
from publishers.base import Publisher

FILES_AT_ONCE: Final = 4
Result = TypeVar("Result")
UploadLink: TypeAlias = Callable[[AsyncSession, Participant, Submission], Awaitable[str]]


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
    limits: Limits | None = None
    model: bool = False
    """Whether a model reads what people send, of those who let it."""
    scanner: Scanner = field(default_factory=NullScanner)
    links: Links = field(default_factory=NullLinks)
    hearing: Hearing = field(default_factory=NullHearing)
    hears: bool = False
    """Whether `hearing` is a model, so that it is worth asking."""
    local_files: bool = False
    """Whether the Bot API is a server on this machine, which hands files of any size over."""
    openings: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FILES_AT_ONCE))
    """Taken by whoever holds a file's bytes, so that a crowd's files do not fill the memory."""
    upload_link: UploadLink | None = None
    """Gives, in the transaction under way, a one-time address for a file too large for Telegram."""
    sparing: bool = False
    """Whether the group takes so many calls a minute, so that a crowd of cases comes as a list."""
    sourced: bool = False
    """Whether the links of posts to the web column say which channel led there."""
    console: str = ""
    """The address of the newsroom in the browser."""
    said: Callable[[], None] = field(default=lambda: None)
    submitted: Callable[[], None] = field(default=lambda: None)
    planned: Callable[[], None] = field(default=lambda: None)
    happened: Callable[[], None] = field(default=lambda: None)

    def label(self, channel: str) -> str:
        """Return a channel's name as people say it."""
        publisher = self.publishers.get(channel)
        return publisher.label if publisher else channel

    def start_link(self, parameter: str) -> str:
        """Return the link that begins a chat with the bot; "" while its name is not known."""
        return f"https://t.me/{self.username}?start={parameter}" if self.username else ""

    async def aside(self, work: Callable[..., Result], *values: object) -> Result:
        """Run blocking work beside the loop."""
        return await asyncio.to_thread(work, *values)

    async def render(self, session: AsyncSession, article: Article, *only: str) -> list[Post]:
        """Return what each channel that its author consents to would be sent of an article.

        Of the channels `only`, if any are named.
        """
        whole = await piece(session, article, self.site_url)
        allowed = await self.allowed(session, article)
        asked = [name for name in allowed if not only or name in only]
        return [self.publishers[name].render(self._led_from(name, whole)) for name in asked]

    def _led_from(self, channel: str, whole: Piece) -> Piece:
        """Return an article whose address says, where the newsroom wants that, who leads to it."""
        if not self.sourced or channel == self.page_channel:
            return whole
        url = sourced(whole.url, source=channel, medium="social", campaign=whole.lab_slug)
        return whole.model_copy(update={"url": url})

    async def allowed(self, session: AsyncSession, article: Article) -> list[str]:
        """Return the channels that an article's author lets it go to."""
        case = await session.get_one(Submission, article.submission_id)
        channels = list(self.publishers)
        return await permitted(session, case.participant_id, channels, self.page_channel)


class Turn:
    """One update, from its arrival to the commit of all that it causes."""

    def __init__(self, newsroom: Newsroom, update: Update) -> None:
        self.newsroom, self.update, self.now = newsroom, update, newsroom.clock()
        self._session: AsyncSession | None = None
        self._held = False
        self.settled = False
        """Whether a transaction was committed, so that the update is handled or held."""

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
        """How the person calls themselves on Telegram; a deleted account has but a number."""
        user = self.update.effective_user
        assert user is not None
        return user.full_name or user.username or str(user.id)

    @property
    def language(self) -> str | None:
        """The language that they have Telegram in; a group, and the newsroom, speak Italian."""
        chat, user = self.update.effective_chat, self.update.effective_user
        if user is None or chat is None or chat.type != "private":
            return None
        return user.language_code

    @property
    def thread(self) -> int | None:
        """The topic that the update came from, in a group that has topics."""
        message, chat = self.update.effective_message, self.update.effective_chat
        if message is None or chat is None or chat.type == "private":
            return None
        return message.message_thread_id if message.is_topic_message else None

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
            await take_up(session, self.update.update_id, now=self.now)
            self._session = session
            yield session
            if self._held:
                await hold(session, self.update.update_id)
        self._session, self.settled = None, True
        self.newsroom.said()

    def hold(self) -> None:
        """Keep this update for after its sender's consent, instead of handling it now."""
        self._held = True

    async def let_go_held(self) -> int:
        """Have what was held for this person handled after this update; how many."""
        return await release_held(self.session, self.user_id)

    async def person(self) -> Participant:
        """Return who caused the update, as a participant."""
        return await people.meet(
            self.session, self.user_id, self.user_name, now=self.now, language=self.language
        )

    async def say(
        self, text: str, keyboard: Keyboard = (), *, ref: str | None = None, reply: bool = False
    ) -> None:
        """Answer in the chat the update came from."""
        await outbox.say(
            self.session,
            self.chat_id,
            text,
            keyboard,
            now=self.now,
            ref=ref,
            reply=reply,
            thread=self.thread,
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

    async def local_path(self, file_id: str) -> Path:
        """Return where a Bot API server on this machine put a file that a person sent."""
        file = await self.update.get_bot().get_file(file_id)
        return Path(file.file_path or "")
