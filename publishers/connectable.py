"""A channel whose account a person lets in: where they are sent, and what they come back with."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from content.credentials import Account
from content.handshakes import Offer, Secret
from publishers.base import Publisher, Rejected

__all__ = ["Connectable"]


class Connectable(Publisher):
    """A channel that acts for an account which is connected, and kept sealed."""

    connects: ClassVar[bool] = True

    @property
    @abstractmethod
    def lacking(self) -> Sequence[str]:
        """The settings of the app that are missing: without them nobody can be asked."""

    @abstractmethod
    def preparation(self, back: str) -> str:
        """Return in Italian how an app is made ready to send people `back`, and what to copy."""

    @abstractmethod
    def question(self, secret: Secret, back: str) -> str:
        """Return the address at which the service asks a person, and then sends them `back`."""

    @abstractmethod
    def offers(self, code: str, secret: Secret, back: str) -> Sequence[Offer]:
        """Return the accounts that the person who brought a code lets in, one at least not closed.

        Raises Rejected when there is none that will do, and CannotTell, ChannelDown, Unavailable
        or Unclear as the service answers.
        """

    def vouch(self, offer: Offer) -> None:
        """Raise Rejected unless the token that was offered opens the account that it names."""
        account = Account(offer.id, offer.name, offer.grant.token)
        for finding in self.signed_in(account).check():
            if not finding.well:
                raise Rejected(finding.what)
