"""How the bot presents itself: its commands and descriptions."""

from typing import Final

COMMANDS_PRIVATE: Final = (
    ("nuova", "Inizia una nuova segnalazione"),
    ("guidami", "Ti guido con una domanda alla volta"),
    ("mie", "Le tue segnalazioni e a che punto sono"),
    ("aiuto", "Come funziona"),
    ("privacy", "I tuoi dati e le tue scelte"),
    ("miei_dati", "Una copia dei tuoi dati"),
    ("cancella_dati", "Far cancellare i tuoi dati"),
)
COMMANDS_GROUP: Final = (
    ("coda", "Le segnalazioni che aspettano"),
    ("oggi", "Che cosa esce oggi, e a che punto è"),
    ("calendario", "I prossimi giorni: che cosa esce, quali spazi sono liberi"),
    ("statistiche", "Quante aspettano, la settimana in numeri"),
    ("pausa", "Ferma un canale: /pausa facebook motivo"),
    ("riprendi", "Fa ripartire un canale: /riprendi facebook"),
    ("blackout", "Silenzio su tutti i canali, con inizio, fine e motivo"),
    ("blocca", "Non riceve più da una persona: /blocca 26-0012 motivo"),
    ("sblocca", "Riceve di nuovo da una persona: /sblocca 26-0012"),
    ("lab", "I Laboratori, con link e codice QR"),
    ("collega", "Collega questo gruppo alla redazione"),
)
CONSOLE_BUTTON: Final = "Redazione"
"""What opens the newsroom in the browser, beside a member's field for writing."""
SHORT_DESCRIPTION: Final = "Racconta alla redazione dei Laboratori dell’Innovazione."
DESCRIPTION: Final = (
    "Scrivimi un’iniziativa, un’idea o un progetto del tuo ente, con qualche foto: la redazione "
    "lo legge e lo pubblica su Strategie Amministrative e nella rubrica Laboratori "
    "dell’Innovazione. Ti avviso a ogni passo."
)
