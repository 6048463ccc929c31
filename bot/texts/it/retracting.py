"""What moderators read about taking down what is out."""

from collections.abc import Sequence
from html import escape
from typing import Final

RETRACT: Final = "🗑 Ritira da tutti i canali"
RETRACT_SURE: Final = "🗑 Sì, ritira"
RETRACT_NOT: Final = "Lascia tutto com’è"
RETRACTED_ALREADY: Final = "È già stata ritirata: non ho fatto niente."
NOTHING_OUT: Final = (
    "Non è uscito niente: non c’è nulla da ritirare. Per fermare un’uscita usa i pulsanti della "
    "scheda."
)
RETRACTION_LEFT: Final = "Va bene: resta tutto com’è."


def ask_retract(number: str, title: str, lines: Sequence[str]) -> str:
    """Ask whether to take a piece down, saying what will happen."""
    question = f"Ritirare la segnalazione <b>{number}</b>, «{escape(title)}»?"
    rest = (
        "Ciò che è ancora in calendario non esce. Non si può tornare indietro, e le copie fatte da "
        "altri restano."
    )
    return "\n".join([question, *lines, rest])


def will_be_retracted(label: str, is_page: bool, *, can: bool, sure: bool, parts: int = 1) -> str:
    """Say what taking a piece down, out in so many parts, will do on a channel."""
    if not can:
        return f"• {label}: ora non si può usare; il ritiro aspetta che torni"
    if parts > 1:
        doubt = "" if sure else "; dell’ultima non so se è uscita: se c’è la tolgo appena lo so"
        return f"• {label}: le {parts} parti vengono cancellate, dall’ultima alla prima{doubt}"
    if not sure:
        return f"• {label}: non so ancora se è uscito; se c’è lo tolgo appena lo so"
    if is_page:
        return f"• {label}: al posto della pagina resta una frase"
    return f"• {label}: il post viene cancellato"


def retracting(number: str, who: str) -> str:
    """Say that a piece is being taken down."""
    return (
        f"🗑 {escape(who)} ha ritirato la segnalazione <b>{number}</b>: la sto togliendo da ogni "
        "canale. Se uno rifiuta, arriva un avviso."
    )


def erasure_requested(number: str, title: str) -> str:
    """Tell moderators that an author asks that a published piece be taken away."""
    return (
        f"🗑 L’autore della segnalazione <b>{number}</b>, «{escape(title)}», ha chiesto la "
        "cancellazione dei propri dati. È già uscita: decidete se ritirarla."
    )
