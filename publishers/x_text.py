"""How long a text is for X: twitter-text v3 in linear time.

https://github.com/twitter/twitter-text/blob/master/config/v3.json
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

import regex

from publishers.links import INVALID, links

__all__ = ["LIMIT", "is_valid", "shorten", "weighted_length"]

LIMIT: Final = 280
_LINK: Final = 23
_LIGHT = "[\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]"
"""The characters that weigh 1; all others weigh 2."""
_HEAVY = (
    "[\u1100-\u1fff\u200e\u200f\u2028-\u2031\u3400-\u4dbf\u4e00-\uabff\uac00-\ud7a3"
    "\uf900-\ufdff\uff00-\uffef]"
)
"""Letters that weigh 2 and that no emoji has: most of the world's scripts beyond \u10ff."""
_BEGINS_EMOJI = "[#*0-9©®]"
"""Those of them that an emoji may begin with."""


def weighted_length(text: str) -> int:
    """Return what X counts for this text: 1 or 2 a character, 2 an emoji, 23 a link."""
    text = unicodedata.normalize("NFC", text)
    ends = links(text)
    weight = start = 0
    for link in [*sorted(ends), len(text)]:
        for run in _RUN.finditer(text, start, link):
            kind = run.lastgroup
            length = run.end() - run.start()
            weight += length if kind == "light" else 2 * length if kind == "heavy" else 2
        if link in ends:
            weight += _LINK
            start = ends[link]
    return weight


def is_valid(text: str) -> bool:
    """Tell whether X would take this text: not empty, not too long, no forbidden character."""
    return 0 < weighted_length(text) <= LIMIT and not any(char in text for char in INVALID)


def shorten(text: str, reserve: int = 0) -> str:
    """Return the text, in NFC form, cut to weigh at most LIMIT - `reserve`.

    It is cut after a sentence where little is lost by it, else between words and with "…" put
    there; a word is cut only where it would not fit alone, and then a link not even so.
    """
    text = unicodedata.normalize("NFC", text).strip()
    room = LIMIT - reserve
    if weighted_length(text) <= room:
        return text
    sentence, word, last = _cuts(text, room - _ELLIPSIS_WEIGHT)
    if sentence:
        return text[:sentence]
    kept = regex.findall(r"\X", text[: word or last].rstrip(_BEFORE_ELLIPSIS))
    while kept and weighted_length("".join(kept) + "…") > room:
        kept.pop()
    return "".join(kept) + "…"


_ELLIPSIS_WEIGHT: Final = 2
_BEFORE_ELLIPSIS: Final = " \t\r\n,;:–—-"
_ENOUGH: Final = 0.6
"""How much of the room must be filled for a cut after a sentence to be worth what it drops."""
_SENTENCE_END = regex.compile(r"[.!?…][\"'”»)]*\Z")

_SKIN = "[🏻-🏿]"
_FLAGS = (
    "A[CDEFGILMOQRSTUWXZ] B[ABDEFGHIJLMNOQRSTVWYZ] C[ACDFGHIKLMNOPRUVWXYZ] D[EGJKMOZ] "
    "E[ACEGHRSTU] F[IJKMOR] G[ABDEFGHILMNPQRSTUWY] H[KMNRTU] I[CDELMNOQRST] J[EMOP] "
    "K[EGHIMNPRWYZ] L[ABCIKRSTUVY] M[ACDEFGHKLMNOPQRSTUVWXYZ] N[ACEFGILOPRUZ] O[M] "
    "P[AEFGHKLMNRSTWY] Q[A] R[EOSUW] S[ABCDEGHIJKLMNORSTVXYZ] T[ACDFGHJKLMNORTVWZ] U[AGMNSYZ] "
    "V[ACEGINU] W[FS] X[K] Y[ET] Z[AMW]"
).translate({letter: 0x1F1E6 + letter - ord("A") for letter in range(ord("A"), ord("Z") + 1)})
_CHILDREN = "(?:👦\u200d👦|👧\u200d[👦👧]|[👦👧])"
_PEOPLE = "🏃🏄🏊👮👱👳👷💁💂💆💇🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤵🤷🤸🤹🤽🤾🦸🦹🧖-🧝"
_TEXT_OR_EMOJI = (
    r"[[\p{Emoji}--\p{Emoji_Presentation}--[0-9#*♾⚧]]"
    "⌚⌛◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯]"
)
_TAKES_SKIN = (
    r"[[\p{Emoji_Modifier_Base}&&\p{Emoji_Presentation}]"
    r"--[👪-👭👯💏💑🤌🤏🤝🤼🥷🦻🧍-🧏\U0001fa00-\U0001faff]]"
)
_UNIT = regex.compile(
    "|".join(
        (
            f"(?P<light>[{_LIGHT}--{_BEGINS_EMOJI}])",
            rf"[👨👩]{_SKIN}?\u200d(?:[⚕⚖✈]\ufe0f|[🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰-🦳])",
            rf"[🏋🏌🕴🕵⛹](?:{_SKIN}|\ufe0f)\u200d[♀♂]\ufe0f",
            rf"[{_PEOPLE}]{_SKIN}?\u200d[♀♂]\ufe0f",
            r"👨\u200d❤\ufe0f\u200d(?:💋\u200d)?👨|👩\u200d❤\ufe0f\u200d(?:💋\u200d)?[👨👩]",
            rf"👨\u200d(?:[👨👩]\u200d)?{_CHILDREN}|👩\u200d(?:👩\u200d)?{_CHILDREN}",
            r"🏳\ufe0f\u200d🌈|🏴\u200d☠\ufe0f|👁\u200d🗨|[👯🤼🧞🧟]\u200d[♀♂]\ufe0f",
            r"[#*0-9]\ufe0f?\u20e3",
            rf"[☝⛷⛹✌✍🏋🏌🕴🕵🖐](?:\ufe0f|(?!\ufe0e)){_SKIN}?",
            rf"{_TAKES_SKIN}{_SKIN}",
            rf"{_TEXT_OR_EMOJI}\ufe0f",
            "🏴(?:\U000e0067\U000e0062)(?:{})\U000e007f".format(
                "|".join(
                    "".join(chr(0xE0000 + ord(letter)) for letter in nation)
                    for nation in ("eng", "sct", "wls")
                )
            ),
            _FLAGS.replace(" ", "|"),
            f"(?P<light>{_BEGINS_EMOJI})|.",
        )
    ),
    regex.VERSION1 | regex.DOTALL,
)
"""What counts as one: an emoji of several characters, or a character.

The emoji are those of Unicode 11, as in twemoji-parser; what is newer counts for more here than
X may count, never for less.
"""
_RUN = regex.compile(
    rf"(?P<light>[{_LIGHT}--{_BEGINS_EMOJI}]++|[#*0-9]++(?![\ufe0f\u20e3]))"
    rf"|(?P<heavy>{_HEAVY}++)|{_UNIT.pattern}",
    regex.VERSION1 | regex.DOTALL,
)
"""The same, but that plain characters of one weight are taken together."""


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text in NFC form into what X counts as one; yield (end, weight) of each."""
    ends = links(text)
    start = 0
    for link in [*sorted(ends), len(text)]:
        for unit in _UNIT.finditer(text, start, link):
            yield unit.end(), 1 if unit.lastgroup else 2
        if link in ends:
            yield ends[link], _LINK
            start = ends[link]


def _cuts(text: str, room: int) -> tuple[int, int, int]:
    """Return the last places where the text may be cut: after a sentence, a word, a unit."""
    sentence = word = last = weight = 0
    for end, more in _units(text):
        weight += more
        if weight > room:
            break
        last = end
        if text[last : last + 1].isspace() and not text[last - 1].isspace():
            word = last
            if weight >= room * _ENOUGH and _SENTENCE_END.search(text, max(0, last - 4), last):
                sentence = last
    return sentence, word, last
