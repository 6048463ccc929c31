"""How the bot presents itself: its commands and descriptions."""

from typing import Final

COMMANDS_PRIVATE: Final = (
    ("nuova", "Inizia una nuova segnalazione"),
    ("mie", "Le tue segnalazioni e a che punto sono"),
    ("aiuto", "Come funziona"),
    ("privacy", "Come trattiamo i tuoi dati"),
)
COMMANDS_GROUP: Final = (
    ("coda", "Le segnalazioni che aspettano"),
    ("pausa", "Ferma un canale: /pausa facebook motivo"),
    ("riprendi", "Fa ripartire un canale: /riprendi facebook"),
    ("blackout", "Silenzio su tutti i canali, con inizio, fine e motivo"),
    ("collega", "Collega questo gruppo alla redazione"),
)
SHORT_DESCRIPTION: Final = "Racconta alla redazione dei Laboratori dell’Innovazione."
DESCRIPTION: Final = (
    "Scrivimi un’iniziativa, un’idea o un progetto del tuo ente, con qualche foto: la redazione "
    "lo legge e lo pubblica su Strategie Amministrative e nella rubrica Laboratori "
    "dell’Innovazione. Ti avviso a ogni passo."
)
