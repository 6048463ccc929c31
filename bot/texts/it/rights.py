"""What people are told about their rights, and about the house's order."""

from collections.abc import Sequence
from html import escape
from typing import Final

from content.people import LICENCE

ACCEPT: Final = "✅ Ho letto e accetto"
CHOOSE: Final = "⚙️ Scelgo io"
ACCEPT_CHOICE: Final = "✅ Accetto con queste scelte"
TO_BEGIN: Final = (
    "Per cominciare, premi il pulsante: accetti tutto in una volta. Con «Scelgo io» decidi dove "
    "può uscire quello che mandi."
)
HELD: Final = "Ho tenuto da parte il tuo messaggio. Prima di leggerlo mi serve il tuo consenso:"
PRIVACY_HEAD: Final = "🔒 <b>I tuoi dati</b>"
YOUR_CHOICES: Final = (
    "<b>Le tue scelte</b>: premi per cambiarle quando vuoi. Se togli un consenso, quello che è in "
    "programma lì non esce; per ritirare ciò che è già uscito scrivi alla redazione o usa "
    "/cancella_dati.\n/miei_dati — una copia dei tuoi dati\n/cancella_dati — farli cancellare"
)
EBOOK_NAME: Final = "E-book del Laboratorio"
GIVEN: Final = "✅ {}"
NOT_GIVEN: Final = "⬜ {}"
AI_READS: Final = "Intelligenza artificiale per la bozza"
AI_NOTE: Final = (
    "\n🤖 Un sistema di intelligenza artificiale legge il testo per preparare la bozza; decide "
    "sempre una persona. Se non vuoi, dillo in /privacy."
)
PAGE_NEEDED: Final = (
    "I post portano alla pagina della rubrica: senza di lei non esce nulla neanche altrove."
)
CHOICE_KEPT: Final = "Fatto."

SEND_NO_MINORS: Final = "📨 Invia (nessun minore si riconosce)"
SEND_MINORS: Final = "📨 Invia: si vedono minori"
PICTURES_CHANGED: Final = (
    "Le immagini sono cambiate da quando hai ricevuto quel pulsante, perciò non ho inviato niente: "
    "riguarda la scheda e invia da qui."
)
ASK_RELEASE: Final = (
    "Nelle immagini si riconoscono minori: per pubblicarle serve la liberatoria firmata dai "
    "genitori o da chi ne fa le veci. Ce l’hai?"
)
RELEASE_YES: Final = "✅ Ho la liberatoria dei genitori"
RELEASE_NO: Final = "Non ce l’ho"
NO_RELEASE_YET: Final = (
    "\n⚠️ Senza liberatoria la redazione non può pubblicare le immagini: ti scriverà lei."
)
SEND_ANYWAY: Final = "📨 Invia lo stesso"
SAME_ONE: Final = "🗑 È la stessa, elimina la bozza"
CREDIT: Final = "©️ Crediti"
ASK_CREDIT: Final = (
    f"Di chi sono le foto? Scrivi il nome da citare. Escono con licenza {LICENCE}; se non scrivi "
    "nulla cito l’ente."
)

TOO_FAST: Final = (
    "Mi scrivi più in fretta di quanto riesca a leggere. 🙂 Tengo da parte questi messaggi, per 30 "
    "giorni: fra un minuto premi il pulsante e li leggo tutti, in ordine."
)
GO_ON: Final = "▶️ Leggi quelli tenuti da parte"
GOING_ON: Final = "Riprendo a leggere."
WAIT_A_MINUTE: Final = "Ancora un attimo: riprova fra un minuto."
TOO_MANY_DRAFTS: Final = (
    "Hai già {} bozze aperte, il massimo: questo messaggio non l’ho aggiunto. In /mie puoi "
    "riprenderne una, inviarla o eliminarla."
)
TOO_MANY_TODAY: Final = (
    "Oggi hai già inviato {} segnalazioni, il massimo in un giorno. Questa resta in bozza: la "
    "ritrovi domani in /mie."
)
NEWSROOM_BUSY: Final = (
    "In quest’ora alla redazione sono arrivate moltissime segnalazioni. La tua resta in bozza, al "
    "sicuro: riprova più tardi da /mie."
)

NOTHING_KEPT: Final = "Non conservo nulla di te: non ci siamo ancora parlati."
DATA_SOON: Final = "Ti ho mandato i tuoi dati da poco: sono qui sopra. Riprova fra dieci minuti."
DATA_FILE: Final = "i-tuoi-dati.zip"
ERASE: Final = "🗑 Sì, cancella i miei dati"
DO_NOT_ERASE: Final = "↩️ No, lascia tutto"
NOT_ERASED: Final = "Va bene, non ho cancellato nulla."


def your_data(left: int) -> str:
    """Present the copy of a person's data; `left` counts the files that Telegram cannot carry."""
    told = "📦 Tutto quello che conservo di te: i dati in JSON e i file che mi hai mandato."
    if not left:
        return told
    missing = "Manca un file" if left == 1 else f"Mancano {left} file"
    return (
        f"{told} {missing} oltre i 45 MB, che Telegram non porta: "
        f"{'chiedilo' if left == 1 else 'chiedili'} alla redazione, che te "
        f"{'lo' if left == 1 else 'li'} consegna per un’altra via."
    )


def privacy(outlets: Sequence[str], *, ai: bool) -> str:
    """Give the privacy notice; `outlets` are where a piece may come out."""
    places = ", ".join(escape(one) for one in outlets)
    lines = [
        PRIVACY_HEAD,
        (
            "• Usiamo nome, ente, testi e immagini che ci mandi solo per valutare la segnalazione "
            f"e, se approvata, pubblicarla. Dove, lo scegli tu: {places}."
        ),
        (
            "• Manda soltanto immagini tue o che puoi far pubblicare, e con il consenso di chi si "
            f"riconosce. Escono con licenza {LICENCE}: chiunque può riusarle citando l’autore."
        ),
    ]
    if ai:
        lines.append(
            "• I testi possono essere letti da un sistema di intelligenza artificiale che prepara "
            "una bozza: decide sempre una persona, e puoi rifiutare in /privacy."
        )
    lines += [
        (
            "• Copia con /miei_dati, cancellazione con /cancella_dati, scelte con /privacy, in "
            "ogni momento. Teniamo i messaggi 30 giorni, le segnalazioni non pubblicate 2 anni."
        ),
        "Titolare: ANCI Lombardia, con Regione Lombardia.",
    ]
    return "\n".join(lines)


def called_off(count: int) -> str:
    """Say how many planned posts a withdrawn consent called off."""
    if not count:
        return ""
    return "Fatto. Ho annullato " + ("1 uscita." if count == 1 else f"{count} uscite.")


def similar(numbers: Sequence[str]) -> str:
    """Ask whether a draft tells again what was sent before."""
    said = (
        f"Sembra simile a {', '.join(numbers)}"
        if numbers
        else ("Sembra simile a una segnalazione già arrivata in redazione")
    )
    return f"🤔 {said}. Che cosa faccio?"


def erasure(out: int, others: int) -> str:
    """Explain what erasure means, before it is confirmed."""
    lines = [
        "🗑 <b>Vuoi che cancelli i tuoi dati?</b>",
        (
            f"• Le bozze e le segnalazioni non pubblicate ({others}) vengono ritirate e svuotate, "
            "con le immagini."
        ),
        (
            "• Nome e identificativo Telegram vengono cancellati, e così i messaggi che ci siamo "
            "scambiati."
        ),
        "• Resta solo un registro senza nomi né testi: che cosa è successo e quando.",
    ]
    if out:
        lines.append(
            f"• Per ciò che è già uscito ({out}) avviso la redazione: a toglierlo dai canali è una "
            "persona. Se vuoi essere avvisato, scrivile prima di confermare."
        )
    return "\n".join([*lines, "Non si può tornare indietro."])


def erased(out: Sequence[str]) -> str:
    """Say what was erased, and what people have yet to retract."""
    said = "Fatto: ho cancellato i tuoi dati."
    if out:
        said += (
            f" La redazione è avvisata per ciò che è già uscito ({', '.join(out)}): tieni questo "
            "numero, ti serve per chiedere a che punto è."
        )
    return f"{said} Questa conversazione puoi eliminarla tu da Telegram. Grazie!"
