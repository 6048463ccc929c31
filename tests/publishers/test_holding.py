"""Whether a channel sends words whole, with the link of a piece and with pictures."""

from pathlib import Path

import pytest

from publishers import Mastodon, TelegramChannel, X
from publishers.base import Publisher
from publishers.holding import holding

SITE = "https://laboratori.example.org"
TITLE = "Uno sportello a Tirano"


@pytest.mark.parametrize("utm", [False, True])
@pytest.mark.parametrize(
    ("kind", "most"), [(X, 280 - 1 - 23), (Mastodon, 500 - 2 - 23)], ids=["x", "mastodon"]
)
def test_words_that_fill_what_a_link_leaves_are_whole(
    kind: type[Publisher], most: int, tmp_path: Path, *, utm: bool
) -> None:
    holds = holding(kind(kind.Config(), tmp_path), SITE, utm=utm)

    assert holds("à" * most, TITLE)
    assert holds("a\u0300" * most, TITLE)
    assert not holds("à" * (most + 1), TITLE)


def test_an_address_that_x_counts_in_full_leaves_less(tmp_path: Path) -> None:
    holds = holding(X(X.Config(), tmp_path), "http://127.0.0.1:8000", utm=False)

    assert holds("a" * 200, TITLE)
    assert not holds("a" * 200, TITLE * 4)


def test_a_caption_on_telegram_holds_less_than_a_text(tmp_path: Path) -> None:
    channel = TelegramChannel(TelegramChannel.Config(), tmp_path)

    assert holding(channel, SITE, utm=False)("a" * 900, TITLE)
    assert not holding(channel, SITE, utm=True)("a" * 900, TITLE)
