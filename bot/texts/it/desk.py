"""What moderators are told of approvals, and of who may do what."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Final

from bot.texts.it.words import excerpt
from content.people import Role
from content.posts import Form
from publishers.base import dollars

ROLES: Final[Mapping[Role, str]] = {
    Role.MODERATOR: "moderazione",
    Role.CHIEF_EDITOR: "caporedazione",
    Role.ADMINISTRATOR: "amministrazione",
}
INVITABLE: Final[Mapping[str, Role]] = {
    "": Role.MODERATOR,
    "moderatore": Role.MODERATOR,
    "moderatrice": Role.MODERATOR,
    "caporedattore": Role.CHIEF_EDITOR,
    "caporedattrice": Role.CHIEF_EDITOR,
    "amministratore": Role.ADMINISTRATOR,
    "amministratrice": Role.ADMINISTRATOR,
}
"""What may follow /invita, and the role that it gives."""
INVITE_USAGE: Final = (
    "Scrivi /invita per chi modera, <code>/invita caporedattore</code> o "
    "<code>/invita amministratore</code>."
)
NO_BOOK: Final = (
    "L’e-book di cui parla è di nuovo in preparazione, e la sua pagina non c’è: si potrà quando è "
    "finito."
)
NOT_ASKED: Final = (
    "Sto ancora controllando da me se è uscito: se non ci riesco te lo chiedo, e allora rispondi."
)
NOBODY_TO_ASK: Final = "È un pezzo della redazione: non c’è un autore a cui chiedere. Modificalo."
ONLY_CHIEFS: Final = "Solo chi coordina o amministra la redazione può farlo."
ABOVE_YOU: Final = "Puoi invitare solo con un ruolo come il tuo, o minore."
WELCOME_CHIEF_EDITOR: Final = (
    "Ora coordini la redazione! Entra nel gruppo: da lì si leggono e si decidono le segnalazioni. "
    "Con /invita, qui, ottieni un link per ogni collega; con /lab apri un Laboratorio."
)
ALTS_ARE_FINE: Final = "🖼 Va bene così"
MISSING_ALTS: Final = (
    "A una foto manca la descrizione per chi non la vede: leggi quella proposta nella scheda e "
    "premi «Va bene così», oppure scrivine un’altra."
)
FIRST_APPROVAL: Final = (
    "Approvazione registrata. Questo Laboratorio ne chiede due: manca quella di un’altra persona."
)
NEEDS_ANOTHER: Final = "Hai già approvato tu: la seconda approvazione spetta a un’altra persona."
PROMPT_OVER: Final = (
    "Quella domanda non vale più, perché poi hai premuto un altro pulsante: non ho mandato niente. "
    "Premi di nuovo il suo, poi scrivi."
)
PLACE_TAKEN: Final = (
    "Altri hanno preso gli stessi spazi nello stesso momento: non ho cambiato niente. Riprova."
)
LOOK_AGAIN: Final = "Il pezzo è cambiato da quando hai aperto l’anteprima: aprila di nuovo."
APPROVE_AGAIN: Final = "✏️ Modificata dopo l’approvazione: per uscire va approvata di nuovo."


def way(form: Form, media: bool, cost: Decimal) -> str:
    """Offer, under a preview, another way in which the channel could show the piece."""
    if form is Form.MEDIA:
        said = "Solo immagini o filmato, senza link" if media else "Solo il testo, senza link"
    elif media:
        said = "Il link nel testo, con immagini o filmato"
    else:
        said = "Solo il link, con la sua scheda"
    return f"{said} · circa {dollars(cost)}" if cost else said


def reason_too_long(length: int, most: int) -> str:
    """Ask a moderator for a shorter reason; the author would be told but a part of it."""
    return (
        f"Il motivo è di {length} caratteri, al massimo {most}: non ho deciso niente. Accorcialo, "
        "e rispondi a questo messaggio."
    )


def not_told(number: str, history: int) -> str:
    """Say that something could not be told, for a fault of the newsroom's own."""
    of = f" sulla segnalazione <b>{number}</b>" if number else ""
    return (
        f"⚠️ Per un errore del sistema un avviso{of} non è partito. Tutto il resto va avanti, e fra "
        "un’ora riprovo. Guardate la scheda: se l’autore aspetta una notizia, scrivetegliela voi. "
        f"Chi gestisce il sistema la trova nel registro: notice_failed, riga {history}."
    )


TAKE_STRAY_AWAY: Final = "🗑 Togli questo post"
STRAY_WAITS: Final = (
    "Lì c’è un’altra uscita di questo pezzo in corso o in programma, e potrebbe essere proprio "
    "questo post: non ho tolto niente. Riprova quando è finita, o toglilo dal canale."
)
STRAY_BY_HAND: Final = (
    "I testi di questo pezzo sono stati cancellati, e da qui non si può più togliere: non ho fatto "
    "niente. Toglilo dal canale."
)


def stray(label: str, title: str, link: str, *, can: bool) -> str:
    """Tell of a post that is out though the newsroom called it off, or sends it again."""
    how = "si toglie qui sotto" if can else "toglilo dal canale, da qui non si può"
    return (
        f"⚠️ <b>{escape(label)}</b> · «{escape(title)}»: un tentativo che credevamo fallito era "
        f"riuscito, e il canale lo dice solo ora. Il post è qui: {escape(link)}\nLa redazione "
        "l’aveva già annullato, o lo sta mandando di nuovo. Guarda se deve restare, e se ce ne "
        f"sono due: quello di troppo {how}."
    )


def card_remedies(labels: Sequence[str], link: str) -> str:
    """Say on a card where what to do about posts that are out is chosen."""
    where = f"nel browser, prima di approvare: {escape(link)}" if link else "nel browser"
    return (
        f"🛠 Già uscito su {escape(', '.join(labels))}. Se approvi da qui il post viene modificato "
        f"dove si può, altrove resta com’è; per rispondere o sostituirlo scegli {where}"
    )


def card_alts(proposed: Sequence[str]) -> str:
    """Show on a card the descriptions of pictures that nobody wrote."""
    said = "; ".join(f"«{escape(excerpt(one, 120))}»" for one in dict.fromkeys(proposed) if one)
    pictures = "1 foto" if len(proposed) == 1 else f"{len(proposed)} foto"
    return f"🖼 Descrizione da confermare ({pictures}): {said or 'manca'}"


def card_approvals(asked: int, who: str | None) -> str:
    """Say on a card how many approvals a case asks for, and who gave the first."""
    if who is None:
        return f"👥 Servono {asked} approvazioni"
    return f"👍 1 approvazione su {asked}: {escape(who)}. Serve un’altra persona."
