"""Who is there: the people of a small newsroom, and the group of its moderators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bottega.sandbox.telegram import Chat, Person, Telegram

PARTS: Final[Mapping[int, str]] = {
    700_000_101: "sindaca",
    700_000_102: "ufficio comunicazione di una provincia",
    700_000_103: "università",
    700_000_201: "amministra la redazione",
    700_000_202: "moderatrice",
    700_000_301: "non è in redazione",
}
"""What each one does, in the words of the page."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The people; all but the participants and Carla have already written to the bot.

    Carla is in the group but not in the newsroom: what she presses there is to be refused.
    """

    ada: Person
    dario: Person
    elsa: Person
    bruno: Person
    gaia: Person
    carla: Person
    group: Chat

    @property
    def participants(self) -> tuple[Person, ...]:
        """Those who tell their initiatives."""
        return (self.ada, self.dario, self.elsa)

    @property
    def administrator_id(self) -> int:
        """Telegram's id of who runs the newsroom."""
        return self.bruno.id

    @property
    def moderators(self) -> Mapping[int, str]:
        """The names of the moderators, the administrator among them, by Telegram's id."""
        return {
            one.id: f"{one.user['first_name']} {one.user['last_name']}"
            for one in (self.bruno, self.gaia)
        }

    @property
    def group_id(self) -> int:
        """The id of the moderators' group."""
        return self.group.id

    @property
    def group_title(self) -> str:
        """The title of the moderators' group."""
        return str(self.group.names["title"])


def furnish(telegram: Telegram) -> Cast:
    """Put everybody into Telegram, where nothing has been said yet."""
    ada = telegram.person(700_000_101, "Ada", "Rossi", "ada_rossi")
    dario = telegram.person(700_000_102, "Dario", "Conti", "dario_conti")
    elsa = telegram.person(700_000_103, "Elsa", "Ferri")
    bruno = telegram.person(700_000_201, "Bruno", "Galli", "bruno_galli", started=True)
    gaia = telegram.person(700_000_202, "Gaia", "Monti", started=True)
    carla = telegram.person(700_000_301, "Carla", "Neri")
    group = telegram.group(-1_002_200_330_044, "Redazione Laboratori", bruno, gaia, carla)
    return Cast(ada, dario, elsa, bruno, gaia, carla, group)
