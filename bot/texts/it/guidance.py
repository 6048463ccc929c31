"""What leads people in and on: Labs and their links, one question at a time, a reminder."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from bot.texts.it.words import short
from content.people import Lab

LAB_USAGE: Final = (
    "Per aprire un Laboratorio scrivi il titolo fra virgolette e l’anno:\n"
    '<code>/lab crea "Comuni digitali" 2027</code>'
)
LAB_CREATE: Final = r"crea\s+[\"«“”](.+?)[\"»”“]\s+(20\d\d)"
"""What opens a Lab, after the command: the title and the year."""
NO_LABS: Final = f"Non c’è ancora nessun Laboratorio.\n{LAB_USAGE}"
NO_SUCH_LAB: Final = "Questo link non corrisponde a nessun Laboratorio: puoi scrivermi lo stesso."
LAB_EXISTS: Final = "Questo Laboratorio c’è già: ecco il suo link."


def lab_title(lab: Lab) -> str:
    """Name a Lab."""
    return f"«{escape(lab.title)}» ({lab.year})"


def labs(lines: Sequence[tuple[Lab, str]]) -> str:
    """List the Labs with their links."""
    listed = [f"🔬 <b>{lab_title(lab)}</b>\n{escape(link)}" for lab, link in lines]
    return "\n\n".join([*listed, LAB_USAGE])


def lab_button(lab: Lab) -> str:
    """Name the button that sends a Lab's QR code."""
    return f"▦ {short(lab.title, 30)} {lab.year}"


def lab_link(lab: Lab, link: str) -> str:
    """Caption a Lab's QR code."""
    return (
        f"🔬 <b>{lab_title(lab)}</b>\nChi inquadra il codice, o apre {escape(link)}, entra nel "
        "Laboratorio."
    )


def joined(lab: Lab) -> str:
    """Tell a person which Lab they joined."""
    return (
        f"🔬 Partecipi al Laboratorio <b>{lab_title(lab)}</b>: quello che mi racconti da ora ne fa "
        "parte."
    )


RESUME_DRAFT: Final = "✏️ Riprendi"


def reminder(title: str) -> str:
    """Remind a person, once, of a draft left half way."""
    which = f", «{escape(short(title, 120))}»" if title else ""
    return (
        f"Hai lasciato a metà una segnalazione{which}. È al sicuro: vuoi riprenderla? "
        "Te lo ricordo solo questa volta."
    )


GUIDE_ME: Final = "🧭 Guidami"
SKIP: Final = "Salta"
PHOTOS_DONE: Final = "Ho finito"
GUIDE_QUESTIONS: Final[Mapping[str, str]] = {
    "kind": "Che cosa ci racconti?",
    "organisation": (
        "Quale ente lo fa? Scrivi per esempio «Comune di Tirano» o «Provincia di Lecco»."
    ),
    "text": "Che cosa è successo, o succederà? Raccontalo in due o tre frasi.",
    "where": "Dove e quando? Per esempio: «Sabato 14 novembre, in biblioteca».",
    "photos": "Hai delle foto? Mandale qui, anche tutte insieme; poi premi «Ho finito».",
}
GUIDE_TEXT_SHORT: Final = "Ancora qualche parola: che cosa, per chi, perché."
GUIDE_OLD_KEPT: Final = "La bozza di prima resta in /mie."


def guide_question(step: int, steps: int, name: str) -> str:
    """Ask one question of those that lead a person to a whole submission."""
    return f"<b>{step} di {steps}</b> · {GUIDE_QUESTIONS[name]}"


def guide_photos(count: int) -> str:
    """Say how many photos there are so far."""
    return "Una foto ricevuta." if count == 1 else f"{count} foto ricevute."
