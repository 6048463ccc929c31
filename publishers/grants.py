"""What stands between an adapter and its account: why it is not let in, or cannot see."""

from publishers.base import CannotTell, ChannelDown, Publisher, Unavailable

__all__ = ["ClosedChest", "Elsewhere", "NotConnected", "NotRenewed", "StillRenewing", "lost"]


class NotConnected(ChannelDown):
    """No account was ever connected to the channel."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(f"{publisher.label} non è ancora collegato. {_again(publisher)}")


class ClosedChest(ChannelDown):
    """No key of the settings opens the account."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(
            f"SECRET_KEY non apre l'account di {publisher.label}: rimetti la chiave di prima e "
            f"riavvia, oppure ricollega. {_again(publisher)}"
        )


class StillRenewing(Unavailable):
    """Another worker renews the account, and has not ended yet."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(f"Il rinnovo dell'accesso a {publisher.label} non è ancora finito.")


class NotRenewed(Unavailable):
    """Nobody knows whether the account was renewed; another try will tell."""

    def __init__(self, publisher: Publisher, reason: str) -> None:
        super().__init__(f"L'accesso a {publisher.label} non è stato rinnovato: {reason}")


class Elsewhere(CannotTell):
    """What may be out was tried on another account than the one that lets in now."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(
            f"L'ultimo invio è stato fatto con un altro account di {publisher.label}, e quello "
            "collegato ora non può dire se è uscito. Guarda sull'account di prima: se il post c'è, "
            "segna che è uscito; se non c'è, segna che non è uscito, e uscirà su quello di adesso. "
            f"Oppure ricollega l'account di prima con «bottega connect {publisher.channel}», e "
            "guardo io."
        )


def lost(publisher: Publisher, account: str) -> str:
    """Return what people are told of an account whose renewal was refused."""
    return (
        f"{publisher.label} non riconosce più l'accesso di {account}: il rinnovo è stato "
        f"rifiutato, o la sua risposta è andata persa. {_again(publisher)}"
    )


def _again(publisher: Publisher) -> str:
    return (
        "Niente è andato perso: le uscite aspettano. Ricollega l'account in Canali, oppure con "
        f"«bottega connect {publisher.channel}»."
    )
