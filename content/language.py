"""Whether a text is Italian, told by its small words."""

import re
from typing import Final

from content.municipalities import fold

_ENOUGH_WORDS: Final = 12
_SHARE: Final = 0.12


def is_italian(text: str) -> bool:
    """Whether a text reads as Italian by its small words; too short a text is given the doubt."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    if len(words) < _ENOUGH_WORDS:
        letters = [char for char in text if char.isalpha()]
        return all(char < "\u0250" or char > "\uffff" for char in letters) and not (
            sum(word in _FOREIGN for word in words)
            > max(1, sum(word in _ITALIAN for word in words))
        )
    italian = sum(word in _ITALIAN for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    return italian >= len(words) * _SHARE and italian > foreign


_ITALIAN: Final = frozenset(
    {
        *("il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "l", "d", "di", "del", "dello"),
        *(
            "della",
            "dei",
            "degli",
            "delle",
            "dell",
            "a",
            "al",
            "allo",
            "alla",
            "ai",
            "agli",
            "alle",
        ),
        *(
            "all",
            "da",
            "dal",
            "dalla",
            "dai",
            "dalle",
            "dall",
            "in",
            "nel",
            "nello",
            "nella",
            "nei",
        ),
        *(
            "negli",
            "nelle",
            "nell",
            "con",
            "su",
            "sul",
            "sulla",
            "sui",
            "sulle",
            "sull",
            "per",
            "tra",
        ),
        *(
            "fra",
            "e",
            "ed",
            "o",
            "che",
            "chi",
            "cui",
            "non",
            "si",
            "ci",
            "come",
            "anche",
            "piu",
            "sono",
        ),
        *(
            "ha",
            "hanno",
            "questo",
            "questa",
            "questi",
            "queste",
            "suo",
            "sua",
            "loro",
            "dove",
            "quando",
        ),
        *(
            "ogni",
            "tutti",
            "tutte",
            "essere",
            "stato",
            "stata",
            "dopo",
            "prima",
            "nostro",
            "nostra",
        ),
    }
)
_FOREIGN: Final = frozenset(
    {
        *(
            "the",
            "of",
            "and",
            "to",
            "is",
            "are",
            "was",
            "were",
            "for",
            "with",
            "this",
            "that",
            "it",
        ),
        *("on", "by", "from", "an", "our", "we", "you", "will", "have", "has", "at", "be", "as"),
        *(
            "les",
            "des",
            "du",
            "et",
            "est",
            "une",
            "pour",
            "dans",
            "sur",
            "avec",
            "qui",
            "que",
            "au",
        ),
        *("aux", "el", "los", "las", "y", "es", "para", "por", "con", "una", "der", "die", "das"),
        *("und", "ist", "nicht", "ein", "eine", "von", "zu", "mit", "fur", "auf", "den", "dem"),
    }
) - {"con", "una"}
