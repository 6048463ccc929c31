"""What a draft may say: Italian, no HTML, and no link or figure that its source does not hold."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from content.cleaning import readable
from content.figures import figures, figures_told
from content.language import is_italian
from content.markdown import bare
from content.municipalities import fold


@dataclass(frozen=True, slots=True)
class Words:
    """A draft's words beside what was told: `plain` texts and one `markdown`."""

    told: str
    plain: Sequence[str]
    markdown: str


def problems_of(words: Words) -> Iterator[str]:
    """Yield links, figures, html, language, instructions, invisible: whichever is wrong."""
    read = [*words.plain, bare(words.markdown)]
    said = "\n".join(read)
    if _links(said) - _links(words.told) or _wayward(words):
        yield "links"
    if figures(said) - figures_told(words.told):
        yield "figures"
    if _HTML.search(words.markdown) or _tags("\n".join(words.plain)) - _tags(words.told):
        yield "html"
    if not all(map(is_italian, read)):
        yield "language"
    if _INSTRUCTIONS.search(fold(said)):
        yield "instructions"
    if any(_squeezed(readable(text)) != _squeezed(text) for text in read):
        yield "invisible"


_HTML: Final = re.compile(
    r"(?<!\\)<[A-Za-z/!?]|(?<!\\)&#|(?i:javascript|vbscript|data)\s*:\s*\S*[(;,]"
)
_TAG: Final = re.compile(r"</?[A-Za-z!][^<>]{0,200}>?")
_INSTRUCTIONS: Final = re.compile(
    r"(?:system|user|developer) prompt|istruzioni (?:di sistema|precedenti|ricevute)"
    r"|modello linguistico|language model|previous instructions|\bas an ai\b"
    r"|ignor\w{1,8} (?:\w{1,12} ){0,2}istruzioni|messaggio dell.utente|oggetto json"
    r"|come richiesto,? (?:ho|ecco)|ecco (?:la|il|una) (?:bozza|testo|json)"
    r"|\"(?:verdict|state|approved|status)\"|ho approvato"
    r"|approva(?:re|ta|to)? (?:subito|automaticamente)"
)

_TLD: Final = (
    r"(?:it|com|org|net|eu|info|io|gov|edu|me|ly|co|uk|fr|de|es|ru|cn|xyz|top|site|online|app|dev|tv"
    r"|link|click|biz|page|zip|club|shop|ch|gg|to|be|al|ws|cc|us)"
)
_ADDRESS: Final = re.compile(
    rf"(?i)(?:\b[a-z][a-z0-9+.-]{{1,20}}://\S{{1,2000}}|\bwww\.\S{{1,2000}}|\bmailto:\S{{1,300}}"
    rf"|[\w.+-]{{1,64}}@[\w.-]{{1,255}}|(?<![\w@])@\w{{2,50}}"
    rf"|\b[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{0,5}}\.{_TLD}\b(?:/\S{{0,2000}})?)"
)


def _links(text: str) -> set[str]:
    """Return web addresses, mailboxes and accounts, without scheme, "www." and end punctuation."""
    found = (
        address[0].rstrip(".,;:!?)]}>\"'’»”*_/").lower() for address in _ADDRESS.finditer(text)
    )
    return {re.sub(r"^(?:https?://)?(?:www\.)?", "", address) for address in found} - {""}


_TARGET: Final = re.compile(r"(?<!\\)\]\s?(?:\(\s*<?([^)\s>]{0,2000})|:\s*(\S{0,2000})|\[)")


def _wayward(words: Words) -> bool:
    """Whether the Markdown links anywhere that the source does not name."""
    told = _links(words.told)
    return any(
        not target or not _links(target) or bool(_links(target) - told)
        for target in (found[1] or found[2] or "" for found in _TARGET.finditer(words.markdown))
    )


def _tags(text: str) -> set[str]:
    return {tag[0].lower() for tag in _TAG.finditer(text)}


def _squeezed(text: str) -> str:
    return "".join(text.split())
