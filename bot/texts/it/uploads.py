"""What people are told of files that are too large for Telegram."""

from collections.abc import Mapping
from html import escape
from typing import Final

from bot.texts.it.media import REFUSED, TOO_MANY_FILES
from content.media import Refusal
from content.uploads import Outcome

BIG_VIDEO: Final = "🎬 Video grande"
ANOTHER_LINK: Final = "🎬 Carica un altro file"
UPLOAD_ADDED: Final = "🎬 Il file che hai caricato è arrivato, ed è nella scheda."
UPLOAD_REOPENED: Final = (
    "🎬 Il file che hai caricato è arrivato. La segnalazione era già in redazione: l’ho aggiunto "
    "alla tua copia, premi <b>Invia</b> per mandarla di nuovo con il file."
)
_UPLOAD_PROBLEMS: Final[Mapping[str, str]] = {
    **{code.value: said for code, said in REFUSED.items()},
    Refusal.TOO_BIG: (
        "È una foto di oltre 20 MB, più grande di quanto serva: mandala qui come foto. Il resto "
        "della scheda è intatto."
    ),
    Outcome.FULL: TOO_MANY_FILES,
    Outcome.CLOSED: (
        "Nel frattempo la segnalazione è stata chiusa e non si può più cambiare: non l’ho aggiunto."
    ),
}


def big_video(link: str) -> str:
    """Give the link to the page that takes large files."""
    return (
        "🎬 Telegram mi consegna file fino a 20 MB: per un video più grande usa questa pagina, "
        f'anche dal telefono.\n\n<a href="{escape(link)}">Carica il file</a>\n\n'
        "Se la rete cade riprende da dove era. Il link vale due giorni, solo per te e per un file: "
        "quando è arrivato te lo scrivo qui."
    )


def upload_elsewhere(title: str) -> str:
    """Say that a file arrived for a draft that is not the one being written."""
    which = f"«{escape(title)}»" if title else "una bozza senza titolo"
    return f"🎬 Il file che hai caricato per {which} è arrivato, ed è nella scheda."


def upload_refused(name: str, problem: str) -> str:
    """Say why a file that was uploaded is not in the draft."""
    which = f"«{escape(name)}»" if name else "che hai caricato"
    return f"🎬 Ho ricevuto il file {which}.\n{_UPLOAD_PROBLEMS[problem]}"
