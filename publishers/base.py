"""What a channel's adapter is: pure render, one changing call, honest errors, a reading back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import BaseModel

from content.accounts import Prices
from content.credentials import Account, Grant
from content.deliveries import Action
from content.posts import Piece, Post
from content.reach import Figures
from publishers.handles import Handles

__all__ = [
    "Action", "BudgetSpent", "Call", "CannotTell", "ChannelDown", "Figures", "Finding", "Limits",
    "NotLetIn", "Piece", "Post", "Published", "Publisher", "Rejected", "Unavailable", "Unclear",
]  # fmt: skip


class Unavailable(Exception):
    """Certainly not performed (refused connection, documented throttle); may be tried again.

    `retry_at` is the moment the channel named, if it named one. `whole_channel` says that every
    call to this account would meet the same answer (a throttle), not this one alone.
    """

    def __init__(
        self, reason: str, retry_at: datetime | None = None, *, whole_channel: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.retry_at, self.whole_channel = reason, retry_at, whole_channel


class Rejected(Exception):
    """Certainly not performed, and refused for good: the same call would be refused again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChannelDown(Exception):
    """Certainly not performed: the account cannot post now (revoked token, missing right)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotLetIn(ChannelDown):
    """Certainly not performed: the token was refused, perhaps since a newer one took its place."""


class BudgetSpent(ChannelDown):
    """Certainly not performed: the post would cost more than is left of the month's cap."""

    def __init__(self, channel: str, cap: Decimal) -> None:
        super().__init__(
            f"Con questo post si supera il tetto di spesa del mese ({dollars(cap)}). Alza "
            f"{channel.upper()}_MONTHLY_CAP e riavvia, oppure aspetta il mese nuovo."
        )


class Tampered(Rejected):
    """Certainly not performed: what is stored is not what was approved."""

    def __init__(self) -> None:
        super().__init__(
            "Il contenuto conservato non è quello approvato: non ho inviato nulla. Lascia perdere "
            "questa uscita, approva di nuovo il pezzo e avvisa chi gestisce il sistema."
        )


class Unclear(Exception):
    """Nobody knows whether it was performed; `reason` may be shown to people.

    `refused` says that the channel's answer reads as a refusal, but may also mean that the post
    is there already ("duplicate"): once it is proved absent, it was refused.
    """

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.refused = reason, refused


class CannotTell(Exception):
    """Reading the channel back gave no proof either way (raised by `seek` alone)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel takes: `text` in the channel's own measure (0: no text), media in number.

    `draft` is what a draft's words may fill of it, where that is less: the link needs room, too.
    `thread` is how many posts, each an answer to the one before, one piece may be at most.
    """

    text: int
    media: int
    draft: int | None = None
    thread: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """The circumstances of one operation.

    `key` names the operation for good. `due_at` is the moment it was planned for, `now` the
    present, both UTC. `remote_id` is what an edit, a delete or a reply is aimed at. `still_ours`
    tells whether nobody else may take it over yet, and takes more time while the work goes on.
    """

    key: str
    action: Action
    now: datetime
    due_at: datetime
    remote_id: str | None = None
    still_ours: Callable[[], bool] = field(default=lambda: True, repr=False, compare=False)

    def last_check(self) -> None:
        """Raise Unavailable unless it is still ours: before the changing call, and in long work."""
        if not self.still_ours():
            raise Unavailable("L’invio è stato interrotto troppo a lungo: si riprova.")


@dataclass(frozen=True, slots=True)
class Published:
    """Proof of success: the channel's own id of the post and its public address.

    `quiet_until` is set when the channel said that the account may not do more before then.
    """

    remote_id: str
    permalink: str
    quiet_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report, in Italian; `mend` says what to do when it is not well."""

    well: bool
    what: str
    mend: str = ""


class Publisher(ABC):
    """One channel. Blocking code with hard timeouts; holds no state of its own between calls.

    Whatever `publish` raises beside Unavailable, Rejected and ChannelDown means "nobody knows",
    as Unclear says in words: the operation becomes unconfirmed and is reconciled through `find`.
    """

    channel: ClassVar[str]
    label: ClassVar[str]
    limits: ClassVar[Limits]
    settling: timedelta
    """How long after a call a post that was created may still be absent from a reading."""
    actions: ClassVar[frozenset[Action]] = frozenset({Action.CREATE, Action.EDIT, Action.DELETE})
    """What the channel can do; all else it refuses before it asks anybody."""
    caveats: ClassVar[Mapping[Action, str]] = MappingProxyType({})
    """What an action cannot do, or costs, in Italian: said to whoever chooses it."""
    idempotent: ClassVar[bool] = False
    """Whether performing the same operation again is harmless: what is not found is, at once."""
    connects: ClassVar[bool] = False
    """Whether `bottega connect` gives it an account, which `signed_in` then acts for."""
    lasts: ClassVar[str] = "L'accesso non scade, finché nessuno lo revoca."
    """Until when the keys of the settings let it in, in Italian."""
    handles: ClassVar[Handles | None] = None
    """How accounts that bodies have there are named and mentioned; None where they have none."""
    makes_ready: ClassVar[bool] = False
    """Whether publishing is quicker for a post that `make_ready` was told of."""
    account: Account | None = None
    """The connected account that it acts for, None where the settings alone let it in."""
    monthly_cap: Decimal = Decimal(0)
    """US dollars that the account may spend in a month; 0 is no cap."""
    figures_at_once: int = 0
    """How many posts' figures may be asked for at once; 0 where there are none to be had."""
    price_of_figures: Decimal = Decimal(0)
    """US dollars that the figures of one post cost each time."""

    class Config(BaseModel):
        """The channel's keys; each is read from the environment as CHANNEL_KEY."""

    @abstractmethod
    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the channel's Config and the folder where media are kept by hash."""

    @property
    @abstractmethod
    def configured(self) -> bool:
        """Whether all keys are there."""

    @abstractmethod
    def render(self, piece: Piece) -> Post:
        """Return what would be sent for this piece: pure, the same bytes each time."""

    @abstractmethod
    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation: all that may fail freely first, then exactly one changing call."""

    @abstractmethod
    def seek(self, posts: Sequence[Post], since: datetime) -> Iterator[tuple[Post, Published]]:
        """Read the channel back, once, for posts created at or after `since` (UTC).

        Yields each that is there with its proof. To end means that the reading was complete: what
        was not yielded is proved absent. Raises CannotTell, Unavailable or ChannelDown when there
        is no more proof to be had.
        """

    def find(self, post: Post, since: datetime) -> Published | None:
        """Return the proof that one post is there, None when it is proved absent; as `seek`."""
        return next((proof for _, proof in self.seek([post], since)), None)

    def id_in(self, post: Post, addresses: Sequence[str]) -> str | None:  # noqa: ARG002
        """Return the id of a post that a person saw at these public addresses of the account.

        They are several where it is several messages. None unless they tell the whole of it:
        nothing else must be corrected, or deleted, in its stead.
        """
        return None

    @property
    def account_id(self) -> str:
        """The account or page it acts on, by the channel's id; "" where only its keys know."""
        return self.account.id if self.account else ""

    @property
    def has_keys(self) -> bool:
        """Whether the settings alone let it in, without a connected account."""
        return self.configured

    def signed_in(self, account: Account) -> Self:  # noqa: ARG002 - most have no account
        """Return the adapter as it acts for a connected account."""
        return self

    def renew(self, account: Account) -> Grant:  # noqa: ARG002
        """Ask for new tokens; raises as `publish`, Rejected when the old ones are worth nothing."""
        raise Rejected("Questo accesso non si rinnova.")

    def measure(self, text: str) -> int:
        """Return how long a text is in the measure of `limits.text`."""
        return len(text)

    @property
    def prices(self) -> Prices:
        """What the channel asks for."""
        return Prices(self.cost, self.price_of_figures)

    def cost(self, post: Post) -> Decimal:  # noqa: ARG002 - most channels ask for nothing
        """Return what the channel asks for creating a post with all its parts, in US dollars."""
        return Decimal(0)

    def figures(self, remote_ids: Sequence[str]) -> Mapping[str, Figures]:  # noqa: ARG002 - see above
        """Read what came of posts, at most `figures_at_once`, by the channel's own ids.

        A post that the channel does not know is left out. Raises CannotTell, Unavailable,
        ChannelDown or Rejected; nothing depends on it, so that no channel is paused for it.
        """
        return {}

    def make_ready(self, posts: Sequence[Post]) -> None:  # noqa: B027 - most have nothing to do
        """Do ahead, where nobody sees it, what publishing these approved posts will take.

        They are all that the channel has before it: what was made ready for others may go. It may
        be cut short, and be called any number of times.
        """

    def check(self) -> Sequence[Finding]:
        """Ask the channel whether its keys and rights are good (reads only); for the doctor."""
        return ()


def examined(service: str, mend: str, ask: Callable[[], str]) -> Sequence[Finding]:
    """Return what the doctor reports of a service: the name that `ask` reads, or what is wrong."""
    try:
        return (Finding(True, f"{service}: {ask()} risponde."),)
    except (ChannelDown, Rejected) as error:
        return (Finding(False, error.reason, mend),)
    except (CannotTell, Unavailable) as error:
        return (Finding(False, f"{service} non risponde: {error}", "Riprova più tardi."),)


def dollars(amount: Decimal) -> str:
    """Say an amount of US dollars in Italian, to the cent or, where there are any, to the mill."""
    cents = amount.quantize(Decimal("0.01"))
    exact = cents if cents == amount else amount.quantize(Decimal("0.001"))
    return f"{exact} $".replace(".", ",")


def count(told: object) -> int | None:
    """Return a number that a channel told of a post, None for anything else."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None
