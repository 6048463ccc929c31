"""How far a piece went, as its author is told."""

from collections.abc import Mapping
from html import escape

from content.reach import Figures

_WORDS = {
    "views": ("visualizzazione", "visualizzazioni"),
    "reactions": ("reazione", "reazioni"),
    "replies": ("risposta", "risposte"),
    "shares": ("condivisione", "condivisioni"),
}


def reach(number: str, title: str, whole: Figures, channels: Mapping[str, Figures]) -> str:
    """Tell an author what came of a piece in its first days, everywhere and by channel."""
    text = (
        f"📈 La tua iniziativa ha raggiunto {_all(whole)}.\n"
        f"<b>{escape(title)}</b> ({escape(number)}), a una settimana dall’uscita."
    )
    told = {name: one for name, one in channels.items() if one.tell}
    if len(told) > 1:
        text += "\n" + "".join(f"\n{escape(name)}: {_all(one)}" for name, one in told.items())
    return text + "\n\nGrazie di averla raccontata!"


def _all(figures: Figures) -> str:
    """Name all that there was any of, as "120 visualizzazioni, 4 reazioni e 1 condivisione"."""
    said = [
        f"{_grouped(number)} {words[number != 1]}"
        for name, words in _WORDS.items()
        if (number := getattr(figures, name))
    ]
    return " e ".join(one for one in (", ".join(said[:-1]), said[-1]) if one)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
