"""The channels, in the order in which they are shown; a new one is one more name here."""

from typing import Final

from publishers.base import Publisher
from publishers.facebook import Facebook
from publishers.mastodon import Mastodon
from publishers.rubrica import Rubrica
from publishers.telegram_channel import TelegramChannel
from publishers.wordpress import WordPress
from publishers.x import X

__all__ = ["PUBLISHERS", "Facebook", "Mastodon", "Rubrica", "TelegramChannel", "WordPress", "X"]

PUBLISHERS: Final[tuple[type[Publisher], ...]] = (
    Rubrica, Facebook, X, Mastodon, TelegramChannel, WordPress,
)  # fmt: skip
