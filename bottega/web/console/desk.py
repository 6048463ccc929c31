"""What the console is given by those who start it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from bottega.web.console.brake import Brake
from content.articles import Article
from content.posts import Post
from content.store import Store
from content.vault import Vault
from publishers.base import Publisher
from publishers.connectable import Connectable

BASE: Final = "/redazione"
"""Where the console is, within the site."""


class Render(Protocol):
    """Gives the posts that an article would be sent as."""

    async def __call__(self, session: AsyncSession, article: Article, /, *only: str) -> list[Post]:
        """Return one for each channel that its author lets it go to, of those that are named."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the console's rooms share.

    `token` is the bot's, by which launches from Telegram are checked; `address` is where people
    reach the site, without a final slash; `render` gives the posts that an article would be sent
    as; `words` are the Italian names of kinds and states, by noun and value. `planned` is called
    when something is to go out, `happened` when somebody is to be told, `submitted` when something
    waits for its draft. `access` lets a
    publisher in by its connected account; `connectable` are those that may be given one, with or
    without their keys, and `vault` seals it, None where there is no key. `start_link` gives the
    link that begins a chat with the bot with a parameter, "" while the bot's name is not known.
    `column` is the address of the web column, "" where there is none, `owner` who answers for it.
    """

    store: Store
    clock: Callable[[], datetime]
    token: str
    address: str
    media_root: Path
    publishers: Mapping[str, Publisher]
    page_channel: str | None
    render: Render
    words: Mapping[str, Mapping[Any, str]]
    planned: Callable[[], None] = field(default=lambda: None)
    happened: Callable[[], None] = field(default=lambda: None)
    submitted: Callable[[], None] = field(default=lambda: None)
    access: Callable[[Publisher], Awaitable[Publisher]] | None = None
    connectable: Mapping[str, Connectable] = field(default_factory=dict)
    vault: Vault | None = None
    column: str = ""
    owner: str = ""
    start_link: Callable[[str], str] = field(default=lambda _: "")
    brake: Brake = field(default_factory=Brake)

    @property
    def secure(self) -> bool:
        """Whether people reach the console by https, as everywhere but on their own computer."""
        return self.address.startswith("https://")

    def label(self, channel: str) -> str:
        """Return a channel's name as people say it."""
        publisher = self.publishers.get(channel)
        return publisher.label if publisher else channel
