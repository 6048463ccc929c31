"""The accounts of bodies on each network: read from what people paste, shown, mentioned."""

import pytest

from publishers import PUBLISHERS, Facebook, Mastodon, TelegramChannel, X
from publishers.base import Publisher
from publishers.handles import Handles, NotAnAccountError

WITH_ACCOUNTS = [one for one in PUBLISHERS if one.handles is not None]


def handles_of(kind: type[Publisher]) -> Handles:
    assert kind.handles is not None
    return kind.handles


@pytest.mark.parametrize(
    ("kind", "told", "kept"),
    [
        (X, "ComuneBrescia", "ComuneBrescia"),
        (X, "@ComuneBrescia", "ComuneBrescia"),
        (X, " https://x.com/ComuneBrescia ", "ComuneBrescia"),
        (X, "https://www.twitter.com/ComuneBrescia?lang=it", "ComuneBrescia"),
        (X, "x.com/@ComuneBrescia/", "ComuneBrescia"),
        (X, "\u200e@ComuneBrescia\u200b", "ComuneBrescia"),
        (X, "@intenti", "intenti"),
        (Facebook, "https://www.facebook.com/comune.brescia/", "comune.brescia"),
        (Facebook, "https://it-it.facebook.com/comune.brescia?locale=it_IT", "comune.brescia"),
        (Facebook, "comune.brescia", "comune.brescia"),
        (Facebook, "https://www.facebook.com/profile.php?id=100064512345678&sk=about",
         "100064512345678"),
        (Facebook, "https://www.facebook.com/p/Comune-di-Tirano-100064512345678/",
         "100064512345678"),
        (Facebook, "https://www.facebook.com/pages/Comune-di-Tirano/123456789", "123456789"),
        (Mastodon, "@comune@mastodon.uno", "comune@mastodon.uno"),
        (Mastodon, "@Comune.Brescia@Mastodon.UNO", "Comune.Brescia@mastodon.uno"),
        (Mastodon, "https://mastodon.uno/@comune", "comune@mastodon.uno"),
        (Mastodon, "https://mastodon.social/@comune@mastodon.uno", "comune@mastodon.uno"),
        (Mastodon, "https://mastodon.uno/users/comune", "comune@mastodon.uno"),
        (TelegramChannel, "@ComuneBrescia", "ComuneBrescia"),
        (TelegramChannel, "https://t.me/s/ComuneBrescia", "ComuneBrescia"),
        (TelegramChannel, "telegram.me/ComuneBrescia", "ComuneBrescia"),
    ],
)  # fmt: skip
def test_a_name_or_a_pasted_address_is_an_account(
    kind: type[Publisher], told: str, kept: str
) -> None:
    assert handles_of(kind).read(told) == kept


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (X, "Comune di Brescia"),
        (X, "@unnomedipiudiquindicilettere"),
        (X, "https://x.com/ComuneBrescia/status/1234567890"),
        (X, "https://x.com/intent/post"),
        (X, "https://x.com/home"),
        (X, "https://x.com.truffa.example/ComuneBrescia"),
        (X, "https://www.facebook.com/comune.brescia"),
        (X, "@Cittàmetro"),
        (X, "https://x.com/ComuneBrescia?" + "x" * 300),
        (Facebook, "Comune di Brescia"),
        (Facebook, "https://www.facebook.com/groups/123456789"),
        (Facebook, "https://www.facebook.com/sharer.php"),
        (Facebook, "https://www.facebook.com/watch"),
        (Facebook, "https://x.com/ComuneBrescia"),
        (Mastodon, "@comune"),
        (Mastodon, "urp@comune.brescia.it"),  # a mailbox
        (Mastodon, "@comune@localhost"),
        (Mastodon, "https://mastodon.uno/@comune/115000000000000001"),
        (Mastodon, "https://mastodon.uno/explore"),
        (TelegramChannel, "https://t.me/+AbCdEfGhIjK"),
        (TelegramChannel, "https://t.me/joinchat"),
        (TelegramChannel, "https://t.me/c/1234567890/5"),
        (TelegramChannel, "@abc"),
        (TelegramChannel, "+39 030 29771"),
    ],
)
def test_what_is_no_account_is_refused_with_what_is_expected(
    kind: type[Publisher], told: str
) -> None:
    with pytest.raises(NotAnAccountError, match="come"):
        handles_of(kind).read(told)


@pytest.mark.parametrize(
    ("kind", "kept", "mention", "address"),
    [
        (X, "ComuneBrescia", "@ComuneBrescia", "https://x.com/ComuneBrescia"),
        (Mastodon, "comune@mastodon.uno", "@comune@mastodon.uno", "https://mastodon.uno/@comune"),
        (TelegramChannel, "ComuneBrescia", "@ComuneBrescia", "https://t.me/ComuneBrescia"),
        (Facebook, "comune.brescia", "", "https://www.facebook.com/comune.brescia"),
    ],
)
def test_an_account_is_mentioned_as_its_network_does_it(
    kind: type[Publisher], kept: str, mention: str, address: str
) -> None:
    handles = handles_of(kind)

    assert (handles.mentioned(kept), handles.address(kept)) == (mention, address)
    assert handles.read(handles.shown(kept)) == kept


@pytest.mark.parametrize("kind", WITH_ACCOUNTS, ids=lambda kind: kind.channel)
def test_an_example_is_an_account(kind: type[Publisher]) -> None:
    examples = [one.rstrip(",") for one in handles_of(kind).example.split() if "/" in one]

    assert examples
    assert [handles_of(kind).read(one) for one in examples]


@pytest.mark.parametrize("kind", WITH_ACCOUNTS, ids=lambda kind: kind.channel)
@pytest.mark.parametrize("sign", "a.-@/_")
def test_nothing_that_is_pasted_takes_long(kind: type[Publisher], sign: str) -> None:
    for told in (sign * 299, f"@{sign * 298}", f"https://{sign * 290}", f"@a@{sign * 290}!"):
        try:
            handles_of(kind).read(told)
        except NotAnAccountError:
            continue
