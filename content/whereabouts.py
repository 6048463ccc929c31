"""Which municipality a text speaks for: evidence is weighed, and no evidence is no guess."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeAlias

from content.municipalities import (
    HOME_REGION,
    Mention,
    Municipality,
    by_domain,
    find,
    fold,
    is_capital,
    is_ordinary,
    provinces_of,
    resolve,
)

_READ: Final = 30_000
_MENTIONS: Final = 300
_OFFICES: Final = 12
"""How many names after "Comune di", and how many municipal sites, are looked up: each costs some
milliseconds, in which nobody else is answered."""
_OFFICIAL, _RESIDUE, _FIRM, _FAIR, _SLIGHT = 4.0, 3.0, 2.0, 1.0, 0.5
# _RESIDUE: "Il Tirano ha approvato": a municipal site's text that lost its "Comune di".

_Group: TypeAlias = tuple[Municipality, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a text says of its municipality; `candidates` when several fit its words equally.

    `official` tells that the administration itself is named ("Comune di Tirano").
    """

    municipality: Municipality | None = None
    candidates: tuple[Municipality, ...] = ()
    official: bool = False


def locate(text: str) -> Whereabouts:
    """Return the municipality a text speaks for, None unless the evidence for it stands alone."""
    text = text[:_READ]
    evidence = _Evidence()
    for group, weight in _from_addresses(text):
        evidence.add(group, weight)
    mentions = find(text)[:_MENTIONS]
    listed, meant = _listed(text, mentions), _Meant(text)
    for mention in mentions:
        group, weight = _weigh(text, mention, meant)
        if mention.start not in listed or weight >= _OFFICIAL:
            evidence.add(group, weight)
    for group in _misspelt(text, {mention.start for mention in mentions}):
        evidence.add(group, _OFFICIAL)
    return evidence.verdict(_provinces_named(text))


@dataclass(slots=True)
class _Evidence:
    totals: dict[_Group, float] = field(default_factory=dict)
    official: set[_Group] = field(default_factory=set)

    def add(self, group: _Group, weight: float) -> None:
        if group and weight > 0:
            self.totals[group] = self.totals.get(group, 0.0) + weight
            if weight >= _RESIDUE:
                self.official.add(group)

    def verdict(self, provinces: frozenset[str]) -> Whereabouts:
        ranked = sorted(self.totals.items(), key=lambda pair: -pair[1])
        if not ranked:
            return Whereabouts()
        (group, weight), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
        official = group in self.official
        if len(group) > 1:
            there = tuple(m for m in group if m.province in provinces)
            group = there if len(there) == 1 else group
        at_home = any(m.region == HOME_REGION for m in group)
        if weight < (_FAIR if at_home else _FIRM) or weight < second * 2:
            return Whereabouts()
        if len(group) > 1:
            return Whereabouts(candidates=group, official=official)
        return Whereabouts(group[0], official=official)


# What stands right before a name. Each is searched in the few words before it alone.
_OFFICE: Final = re.compile(
    r"(?i)\b(?:comune|municipio|municipalità|città|amministrazione(?: comunale)?"
    r"|giunta(?: comunale)?|consiglio comunale|(?:vice ?)?sindac[oa]|polizia locale"
    r"|bibliotec[ah](?: civica| comunale)?|pro ?loco|palazzo municipale|territorio comunale)"
    r"\s+(?:di|d['’])\s*$"
)
_COMUNI: Final = re.compile(r"(?i)\bcomuni\s+di\s+$")
_ELSEWHERE: Final = re.compile(
    r"(?i)\b(?:via|viale|v\.le|piazza|p\.?zza|piazzale|piazzetta|corso|c\.so|largo|vicolo|strada"
    r"|contrada|cascina|rione|rotonda|stazione|casello|svincolo|palazzo|villa|parrocchia|chiesa"
    r"|santuario|oratorio|san|santa|santo|don|padre|suor|dott\.|dott\.ssa|ing\.|arch\.|sig\."
    r"|sig\.ra"
    r"|prof\.|prof\.ssa|avv\.|festa|sagra|asst|ats|asl|provincia|torrente|monte|fiume)"
    r"(?:\s+(?:per|di|del|della|dei|degli|delle|al|alla))?\s+$"
)
_PASSING: Final = re.compile(
    r"(?i)\b(?:comunità montana(?: \w+)?|unione(?: \w+){0,4}"
    r"|università(?: degli studi| statale| cattolica)?|politecnico|ateneo"
    r"|teatro(?: stabile)?"
    r"|tribunale|procura|diocesi|arcidiocesi|provincia|province|prefettura|questura|asst|ats|asl"
    r"|accademia(?: di belle arti)?|conservatorio|lago|val|valle|parco(?: regionale| naturale)?"
    r"|distretto(?: \w+)?|ambito(?: \w+)?|ambito territoriale(?: sociale)?|impresa|ditta|azienda"
    r"|società"
    r"|studio(?: \w+)?|casa di comunità|casa della comunità|ospedale(?: civile)?|nat[oaie]"
    r"|viv(?:e|ono)"
    r"|vive e lavora|lavora|laureat[oaie]|originari[oaie]|provenient[ei]|residente|festival|mostra"
    r"|biennale|fiera|salone|gita|viaggio|trasferta|visita|autostrada|metropolitana|scalo"
    r"|aeroporto"
    r"|area metropolitana|città metropolitana|ex|regno|repubblica|battaglia|pace|trattato|concilio"
    r"|frazione|località|camera di commercio|corte d['’]appello|corte|banca(?: popolare)?|squadra"
    r"|partita|trasmissione|modello|esempio|come|confini?|vicin[oaie]|strada|treno|linea|presso"
    r"|architett[oaie]|artist[ai]|attore|attrice|scrittore|scrittrice|autore|autrice|compagnia)"
    r"\s+(?:di|d['’]|del|della|a|ad|in|da|con|per|al)?\s*$"
)
_ARTICLE: Final = re.compile(r"(?:\b[Ii]l|\b(?:[Dd]el|[Aa]l|[Dd]al|[Nn]el|[Ss]ul|[Cc]ol))\s+$")
_PLACE: Final = re.compile(
    r"(?:\b(?:[Ss]criv\w+|[Vv]en\w+) da\s+|\b(?:[Aa]d?|[Dd]i|[Ii]n)\s+|\b[Dd]['’])$"
)
_FRACTION_OF: Final = re.compile(r"(?i),\s*frazione di\s+$")
_HOST: Final = re.compile(
    r"(?i)\b(?:a cura di|promoss[oa] da|organizzat[oa] da|patrocinio di)\b[^.;]{0,70}\be\s+$"
)
_POSTCODE: Final = re.compile(r"\b\d{5}\s+$")
_FOOD: Final = re.compile(
    r"(?i)formaggi|\bdop\b|degust|ricett|polent|risott|stagionat|dolce|piccante|vino"
)
_SIGN: Final = re.compile(r"\s*(?:\(\s*([A-Za-z]{2})\s*\)|,?\s([A-Z]{2})\b)")
_HEADLINE: Final = re.compile(r"\s?(?::|–|-|,)\s")
_DATELINE: Final = re.compile(r",?\s+(?:l[iì]['’]?\s+)?\d{1,2}(?:°|\s|/)")


def _weigh(text: str, mention: Mention, meant: "_Meant") -> tuple[_Group, float]:
    before, after = text[max(0, mention.start - 110) : mention.start], text[mention.end :][:60]
    near, group = before[-45:], mention.municipalities
    if _OFFICE.search(near):
        return meant.by(mention), _OFFICIAL
    if _COMUNI.search(near):
        return group, 0.0
    told = _SIGN.match(after)
    signs = provinces_of(told[1] or told[2]) if told else frozenset()
    if signs:
        group = tuple(m for m in group if m.province in signs)
    ordinary = is_ordinary(text[mention.start : mention.end])
    if _POSTCODE.search(near) or (signs and told and told[2] and re.search(r"\d\s+$", near)):
        return group, _FIRM
    if ordinary or _ELSEWHERE.search(near):
        return group, 0.0
    capital = any(map(is_capital, group))
    if not before.rpartition("\n")[2].strip() and (opens := _opening(after, capital=capital)):
        return group, opens
    return group, _in_prose(before, near, after, capital=capital)


def _opening(after: str, *, capital: bool) -> float:
    """Weigh a name that opens a line: "Cantù, 12 marzo", "Tirano: nuovi giochi"."""
    if _DATELINE.match(after):
        return _FIRM
    return _FAIR if _HEADLINE.match(after) and not capital else 0.0


def _in_prose(before: str, near: str, after: str, *, capital: bool) -> float:
    if _FRACTION_OF.search(near):
        return _FAIR
    if _PASSING.search(near):
        return 0.0
    if _ARTICLE.search(near):
        if _FOOD.search(near + after):
            return 0.0
        return _SLIGHT if capital else _RESIDUE
    if _PLACE.search(near) or _HOST.search(before):
        return _SLIGHT if capital else _FAIR
    return 0.0


class _Meant:
    """What "Comune di …" means: the name found, or the longer one it begins, if misspelt.

    Beyond so many the name found is believed: a long text would keep everybody waiting.
    """

    def __init__(self, text: str) -> None:
        self._text, self._known = text, dict[tuple[str, str], _Group]()

    def by(self, mention: Mention) -> _Group:
        """Return what a name stands for."""
        run = _NAME_RUN.match(self._text, mention.start)
        told = _SIGN.match(self._text[mention.end :][:20])
        said = self._text[mention.start : mention.end]
        key = (run[0] if run else said, f"{said} ({told[1] or told[2]})" if told else said)
        if key not in self._known:
            if len(self._known) >= _OFFICES:
                return mention.municipalities
            self._known[key] = _looked_up(*key, said)
        return self._known[key]


def _looked_up(run: str, answer: str, said: str) -> _Group:
    for name in _heads(run):
        if len(name) <= len(said):
            break
        longer = resolve(name)
        if (
            longer.municipality
            and fold(longer.municipality.name).split()[0] == fold(name).split()[0]
        ):
            return (longer.municipality,)
    resolved = resolve(answer)
    return (resolved.municipality,) if resolved.municipality else resolved.candidates


_NAME_RUN: Final = re.compile(
    r"[^\W\d_][\w'’./]{0,40}(?:[ -](?:d[’']|(?:di|de['’]?|del|della|dei|in|al|sul|con|ed?"
    r"|s/)\s)?\s?"
    r"[^\W\d_][\w'’./]{0,40}){0,4}"
)
_OFFICIAL_NAME: Final = re.compile(
    r"\b(?:[Cc]omune|COMUNE|[Mm]unicipio|[Aa]mministrazione comunale)\s+(?:di|DI"
    r"|d['’])\s*(?=[^\W\d_])"
)


def _misspelt(text: str, known: set[int]) -> Iterator[_Group]:
    """Names after "Comune di" that the list does not know as they are written."""
    for office in islice(_OFFICIAL_NAME.finditer(text), _OFFICES):
        if office.end() in known:
            continue
        run = _NAME_RUN.match(text, office.end())
        for name in _heads(run[0][:60] if run else ""):
            resolved = resolve(name)
            if resolved.municipality or resolved.candidates:
                yield (resolved.municipality,) if resolved.municipality else resolved.candidates
                break


def _heads(run: str) -> Iterator[str]:
    words = run.split(" ")
    for length in range(len(words), 0, -1):
        yield " ".join(words[:length]).rstrip(".,'’/")


_BETWEEN: Final = re.compile(r"(?:\s*\([A-Za-z]{2}\))?\s*(?:[-–—,;/•|\n]|\bed?\b)\s*")


def _listed(text: str, mentions: Sequence[Mention]) -> set[int]:
    """Return where names stand in a row of three, or two with "e": a district, not a home."""
    listed: set[int] = set()
    row: list[Mention] = []
    for mention in mentions:
        between = text[row[-1].end : mention.start] if row else ""
        if not (row and len(between) < 20 and _BETWEEN.fullmatch(between)):  # noqa: PLR2004
            row = []
        row.append(mention)
        if len(row) > 2 or between.strip() in ("e", "ed"):  # noqa: PLR2004
            listed.update(one.start for one in row)
    return listed


_SITE: Final = re.compile(r"(?i)\bcomune\.([a-z0-9-]{2,60})\.(?:([a-z]{2})\.)?it\b")


def _from_addresses(text: str) -> Iterator[tuple[_Group, float]]:
    """Yield what municipal sites and mailboxes tell: comune.tirano.so.it."""
    sites = dict.fromkeys((m[1].lower(), m[2]) for m in _SITE.finditer(text))
    for found in islice(sites, _OFFICES):
        group = by_domain(*found)
        if group:
            yield group, _OFFICIAL


_PROVINCE: Final = re.compile(r"(?i)\((..)\)|\bprovincia di ([^\W\d_]+)|\.([a-z]{2})\.it\b")


def _provinces_named(text: str) -> frozenset[str]:
    named = (provinces_of(m[1] or m[2] or m[3]) for m in _PROVINCE.finditer(text))
    return frozenset().union(*named)
