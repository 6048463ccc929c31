"""What the bot understands of a message before asking anything: who tells what, and from where."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from content.cleaning import clean, readable
from content.municipalities import Municipality
from content.organisations import Organisation, organisation_of
from content.sentences import headline, opening
from content.submissions import Kind
from content.whereabouts import locate

LONGEST_TITLE: Final = 90
_OPENING: Final = 600
"""How much of a text tells its kind; further on, "del progetto" is only said in passing."""


class Recognised(BaseModel):
    """What a message says of itself; every field may be corrected by the person.

    `candidates` are the municipalities to choose from when its words fit several equally.
    `text` is the message cleaned, `dates` are as written ("26 ottobre 2024").
    """

    model_config = ConfigDict(frozen=True)

    organisation: Organisation | None = None
    municipality: Municipality | None = None
    candidates: tuple[Municipality, ...] = ()
    kind: Kind = Kind.INITIATIVE
    title: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


def recognise(text: str) -> Recognised:
    """Return what a message says of itself; takes any text in time linear to its length."""
    cleaned = clean(text)
    links = links_of(cleaned)
    # The place is sought in the whole message: a site's furniture may be all that names it.
    whole = readable(text)
    place = locate(whole)
    return Recognised(
        organisation=organisation_of(whole, place),
        municipality=place.municipality,
        candidates=place.candidates,
        kind=kind_of(cleaned, links),
        title=title_of(cleaned),
        text=cleaned,
        links=links,
        dates=dates_of(cleaned),
    )


_LINK: Final = re.compile(r"(?i)\b(?:https?://|www\.)[^\s<>\"'«»“”]{3,2000}")


def links_of(text: str) -> tuple[str, ...]:
    """Return the web addresses in a text, each once, without the punctuation that follows them."""
    found = (match[0].rstrip(".,;:!?)]}’…*_") for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(link for link in found if "." in link[4:]))


def without_links(text: str) -> str:
    """Return a text on one line without its web addresses."""
    return " ".join(_LINK.sub("", text).split())


_MONTHS: Final = (
    r"(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre"
    r"|novembre|dicembre)"
)
_DATE: Final = re.compile(
    rf"(?i)\b\d{{1,2}}°?\s{_MONTHS}(?:\s\d{{4}})?\b"
    r"|\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b"
)


def dates_of(text: str) -> tuple[str, ...]:
    """Return the dates in a text as they are written, each once."""
    return tuple(dict.fromkeys(match[0] for match in _DATE.finditer(text)))


_VIDEO: Final = re.compile(
    r"(?i)^(?:https?://)?(?:www\.|m\.)?(?:youtube\.com/|youtu\.be/|vimeo\.com/|dailymotion\.com/)"
)
_LABEL: Final = re.compile(
    r"(?i)^\W{0,3}(?:(?P<idea>idea|proposta)|(?P<project>progetto)|(?P<document>documento)"
    r"|(?P<video_interview>video ?-?intervista)|(?P<news>notizia|news|comunicato(?: stampa)?)"
    r"|(?P<initiative>iniziativa))\s?[:\n–—-]"
)
_SIGNS: Final = tuple(
    (kind, re.compile(rf"(?i)\b(?:{words})"))
    for kind, words in (
        (Kind.VIDEO_INTERVIEW, r"video ?-?intervist[ae]\b"),
        (
            Kind.IDEA,
            (
                r"(?:un[’']|una nostra |la nostra |la mia |ho un[’']|abbiamo un[’'])idea\b"
                r"|un[’']idea\b"
                r"|[mc]i piacerebbe\b|vorrei\b|vorremmo\b|propongo\b|proponiamo\b|sarebbe bello\b"
                r"|si potrebbe\b|potremmo\b|e se (?:il|la|i|le|ci|si|noi)\b"
                r"|la (?:mia |nostra )?proposta\b|idea\b"
            ),
        ),
        (
            Kind.DOCUMENT,
            (
                r"linee guida\b|vademecum\b|in allegato (?:il|la|i|le) (?:documento"
                r"|relazione|report"
                r"|piano|regolamento|slide|manuale)|relazione finale\b|white ?paper\b"
                r"|rapporto finale\b"
                r"|(?:il|questo) documento\b|regolamento comunale\b|manuale\b"
                r"|schema di regolamento\b"
            ),
        ),
        (
            Kind.PROJECT,
            (
                r"il (?:nostro )?progetto\b|un progetto\b|progett[oi] d\w+\b|PNRR\b|cantiere\b"
                r"|fondi europei\b"
                r"|cronoprogramma\b|fasi del progetto\b|progetto pilota\b|progetto «|progetto “"
            ),
        ),
        (
            Kind.NEWS,
            (
                r"comunicato stampa\b|si avvis\w+\b|si comunica\b|si rende noto\b|rende noto\b"
                r"|ultim[’']ora\b"
            ),
        ),
    )
)
_NOT_AN_IDEA: Final = re.compile(r"(?i)concors[oi] di idee|luogo ideale")


def kind_of(text: str, links: tuple[str, ...]) -> Kind:
    """Return what a text tells, by its own label, its links and its words; else an initiative."""
    label = _LABEL.match(text)
    if label and label.lastgroup:
        return Kind(label.lastgroup)
    if any(_VIDEO.match(link) for link in links):
        return Kind.VIDEO_INTERVIEW
    words = _NOT_AN_IDEA.sub("", text[:_OPENING])
    return next((kind for kind, signs in _SIGNS if signs.search(words)), Kind.INITIATIVE)


_GREETING: Final = re.compile(
    r"(?i)^(?:(?:ciao|buongiorno|buonasera|buon pomeriggio|salve|gentil[ei]|spett\.?(?:le|abile)"
    r"|cari"
    r"|egregi\w?)\b[^\n.!?,]{0,40}[\n.!?,]+\s*)+"
)
_TITLE_LABEL: Final = re.compile(r"(?i)^(?:titolo|oggetto|tema)\s?:\s*")


def title_of(text: str) -> str:
    """Return a title for a text: its own first line, or the beginning of its first sentence.

    At most LONGEST_TITLE characters, cut between words; empty for a text without a letter.
    """
    body = _GREETING.sub("", text, count=1) or text
    body = _TITLE_LABEL.sub("", _LINK.sub("", body[:2000]).lstrip(" \n-–—•*"))
    first, _, rest = body.partition("\n")
    first = first.strip()
    if len(first) <= LONGEST_TITLE and rest.strip() and re.search(r"[^\W\d_]{2}", first):
        return first.rstrip(" .,;:")
    sentence = opening(body)
    if not re.search(r"[^\W_]", sentence):
        return ""
    return headline(sentence.rstrip(" .,;:"), LONGEST_TITLE)
