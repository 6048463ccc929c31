"""A person's direct answer to "which municipality?", resolved without guessing."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from content.municipalities.register import (
    HOME_REGION,
    Key,
    Municipality,
    fold,
    home_first,
    key_of,
    provinces_of,
    register,
)

_LONGEST_ANSWER: Final = 200
_MOST_CHOICES: Final = 8
_SMALL: Final = frozenset({"di", "d", "de", "del", "della", "dell", "nel", "nell", "in"})
_AROUND: Final = frozenset(
    {
        *("ciao", "buongiorno", "salve", "sono", "siamo", "vengo", "veniamo", "abito", "lavoro"),
        *("scrivo", "scriviamo", "il", "lo", "la", "l", "del", "dello", "dal", "al", "per", "nel"),
        *("da", "di", "a", "e", "un", "nostro", "mio", "comune", "citta", "municipio", "paese"),
        *("amministrazione", "comunale", "grazie"),
    }
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an answer stands for: one municipality, or candidates to choose from, or guesses.

    `candidates` fit the answer equally well; `suggestions` only resemble it.
    """

    municipality: Municipality | None = None
    candidates: tuple[Municipality, ...] = ()
    suggestions: tuple[Municipality, ...] = ()


def resolve(answer: str) -> Resolution:
    """Return what a person's direct answer ("Comune di Gorgonzolla") stands for; never a guess."""
    text = _plain(answer)[:_LONGEST_ANSWER]
    whole = _exact(key_of(text), frozenset())
    if whole:
        return whole
    text, province = _without_province(text)
    peeled = list(_peeled(key_of(text)))
    for key in peeled:
        if key and (exact := _exact(key, province)):
            return exact
    bare = peeled[-1]
    if not bare:
        return Resolution()
    for found in (_abbreviated(text), _in_short(bare), _beginning_with(bare)):
        if found:
            return _settle(found, province)
    return _misspelt(bare, province)


def _plain(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cs"))


def _peeled(key: Key) -> Iterator[Key]:
    """Yield the answer itself, then without "Comune di", "sono di", "grazie" around the name."""
    yield key
    while key and key[-1] == "grazie":
        key = key[:-1]
        yield key
    while key and key[0] in _AROUND:
        key = key[1:]
        yield key


_PROVINCE_AT_END: Final = (
    re.compile(r"\(([^()]{2,40})\)"),
    re.compile(r"(?i)\bprov(?:incia|\.)?\s+(?:del?la?\s+|di\s+|dell['’]\s?)?([^,;()]{2,40})$"),
    re.compile(r"[,;–-]\s*([^,;–-]{2,40})$"),
    re.compile(r"\s([^\W\d_]{2})$"),
)  # fmt: skip


def _without_province(text: str) -> tuple[str, frozenset[str]]:
    text = text.strip(" \t\r\n.!?,;")
    for pattern in _PROVINCE_AT_END:
        found = pattern.search(text)
        signs = provinces_of(found[1]) if found else frozenset()
        if found and signs:
            return text[: found.start()] + " " + text[found.end() :], signs
    return re.sub(r"\([^()]*\)", " ", text), frozenset()


def _exact(key: Key, province: frozenset[str]) -> Resolution | None:
    names = register()
    found = names.named.get(key) or names.shortened.get(key) or names.by_solid.get("".join(key))
    if not found:
        return None
    settled = _settle(found, province)
    if settled.municipality is None or province or settled.municipality.region == HOME_REGION:
        return settled
    # "Sesto" is in South Tyrol, and what people at home call Sesto San Giovanni.
    rivals = [m for m in _beginning_with(key) if m.region == HOME_REGION]
    return Resolution(candidates=(*rivals, *found)[:_MOST_CHOICES]) if rivals else settled


def _settle(found: Sequence[Municipality], province: frozenset[str]) -> Resolution:
    there = [m for m in found if m.province in province] if province else list(found)
    if len(there) == 1:
        return Resolution(there[0])
    if there:
        return Resolution(candidates=home_first(there)[:_MOST_CHOICES])
    return Resolution(suggestions=home_first(found)[:_MOST_CHOICES])


def _abbreviated(text: str) -> list[Municipality]:
    """Match "S. Donato M.se", "Sesto S.G.", "Trezzo s/Adda" word by word."""
    if not re.search(r"[./]", text):
        return []
    words = fold(text).replace("’", "'").split()
    while len(words) > 1 and words[0].strip(".,'") in _AROUND:
        words = words[1:]
    pattern = r"\s".join(filter(None, (_abbreviation(word) for word in words)))
    if not re.search(r"[a-z]{4}", pattern.replace("[a-z]", "")):
        return []
    wanted = re.compile(pattern), re.compile(pattern + r"\s.+")
    return next(filter(None, (_matching(one) for one in wanted)), [])


def _matching(wanted: re.Pattern[str]) -> list[Municipality]:
    named = register().named.items()
    return [m for key, found in named if wanted.fullmatch(" ".join(key)) for m in found]


def _abbreviation(word: str) -> str:
    bits = [bit for bit in re.split(r"([./']+)", word) if bit]
    contraction = re.fullmatch(r"([a-z]+)\.([a-z]{2,3})", word)
    if contraction and contraction[1] not in ("s", "ss"):
        return f"{contraction[1]}[a-z]*{contraction[2]}"
    parts = []
    for at, bit in enumerate(bits):
        if not bit.isalnum():
            continue
        cut = len(bit) == 1 or (at + 1 < len(bits) and bits[at + 1] in (".", "/", "./"))
        parts.append(re.escape(bit) + ("[a-z]*" if cut else ""))
    return r"\s".join(parts)


def _in_short(key: Key) -> list[Municipality]:
    """Match "Reggio Emilia" with Reggio nell'Emilia: the words that carry the name alone."""
    words = tuple(word for word in key if word not in _SMALL)
    return list(_without_small_words().get(words, ())) if len(words) > 1 else []


@cache
def _without_small_words() -> dict[Key, tuple[Municipality, ...]]:
    table: dict[Key, tuple[Municipality, ...]] = {}
    for key, found in register().named.items():
        words = tuple(word for word in key if word not in _SMALL)
        table[words] = (*table.get(words, ()), *found)
    return table


def _beginning_with(key: Key) -> list[Municipality]:
    if len("".join(key)) < 4:  # noqa: PLR2004 - "San" begins hundreds
        return []
    named = register().named.items()
    return list(home_first(m for k, found in named if k[: len(key)] == key for m in found))


def _misspelt(key: Key, province: frozenset[str]) -> Resolution:
    """Forgive one slip in a short name, two in a long one, where no other name is near."""
    typed, names = "".join(key), _spellings()
    near = process.extract(typed, names.keys(), scorer=OSA.distance, score_cutoff=3, limit=12)
    if province:
        near = [hit for hit in near if any(m.province in province for m in names[hit[0]])]
    allowed = 0 if len(typed) < 5 else 1 if len(typed) < 9 else 2  # noqa: PLR2004 - lengths tried
    if not near or near[0][1] > allowed:
        return Resolution(suggestions=_resembling(typed))
    best, slips, _ = near[0]
    one = names[best]
    alone = best in register().by_solid and all(hit[1] >= slips * 2 for hit in near[1:])
    if alone and best[0] == typed[0] and all(m.region == HOME_REGION for m in one):
        return _settle(one, province)
    ranked = sorted(
        {m: hit[1] for hit in reversed(near) if hit[1] <= slips + 1 for m in names[hit[0]]}.items(),
        key=lambda pair: (pair[1], pair[0].region != HOME_REGION, pair[0].name),
    )
    return Resolution(candidates=tuple(m for m, _ in ranked[:_MOST_CHOICES]))


@cache
def _spellings() -> dict[str, tuple[Municipality, ...]]:
    """Return what people write for a name: all of it, or its first word where that is telling."""
    heads: dict[str, list[Municipality]] = {}
    for key, found in register().named.items():
        if len(key) > 1 and len(key[0]) > 5:  # noqa: PLR2004 - "Monte", "Ponte" tell nothing
            heads.setdefault(key[0], []).extend(found)
    return {**{head: home_first(found) for head, found in heads.items()}, **register().by_solid}


def _resembling(typed: str) -> tuple[Municipality, ...]:
    names = _spellings()
    like = process.extract(typed, names.keys(), scorer=fuzz.ratio, score_cutoff=75, limit=4)
    return home_first({m for name, _, _ in like for m in names[name]})[:5]
