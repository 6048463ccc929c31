"""A message's text without what nobody wrote: invisible characters and a site's own furniture."""

import re
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)
_JOINER_IN_WORD: Final = re.compile("(?<=[^\\W\\d_])\u200d(?=[^\\W\\d_])")

# What the two content systems of Lombard municipalities leave in a copied page. Each stays on one
# line and is bounded by words that no person writes there, so that nothing of a person's is lost.
_FURNITURE: Final = (
    re.compile(
        r"(?m)^(?:Documenti |Luoghi |Allegati )*A cura di (?:(?:Allegati|Contenuti correlati"
        r"|Municipium) ){0,3}Descrizione\s+"
    ),
    re.compile(r"(?m)^(?:Documenti |Luoghi ){1,2}A cura di\s+(?=[A-ZÀ-Ý0-9«“\"])"),
    re.compile(r"(?m)^A cura di (?=(?:Al|Alla|Ai|Si|Con|Dal|Dalla|Nel|Nella|Per|In) [a-zà-ÿ])"),
    re.compile(r"(?m) Municipium A cura di [^\n]{0,120}? Vai alla Pagina\b[^\n]*$"),
    re.compile(
        r" ?Con l['’]App è meglio! Sapevi che puoi leggere quest[oa] \w{1,20} anche sull['’] ?App"
        r" ufficiale del comune\? Scaricala subito!"
    ),
    re.compile(r"(?m) A cura di Questa pagina è gestita da [^\n.]{1,60}$"),
)


def clean(text: str) -> str:
    """Return the text readable and whole: lines kept, spaces single, invisible characters gone."""
    text = readable(text)
    for residue in _FURNITURE:
        text = residue.sub("", text)
    lines = (line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def readable(text: str) -> str:
    """Return the text with plain line ends and single spaces, without invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = _JOINER_IN_WORD.sub("", _INVISIBLE.sub("", text))
    return re.sub(r"[^\S\n]+", " ", text)
