"""The channels that have a stand-in; a new one is one more name here."""

from typing import Final

from bottega.sandbox.facebook import Facebook
from bottega.sandbox.mastodon import Mastodon
from bottega.sandbox.outlets import Outlet
from bottega.sandbox.telegram_channel import TelegramChannel
from bottega.sandbox.wordpress import WordPress
from bottega.sandbox.x import X

OUTLETS: Final[tuple[type[Outlet], ...]] = (
    Facebook, X, Mastodon, TelegramChannel, WordPress,
)  # fmt: skip
