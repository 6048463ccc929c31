"""A newsroom's sending side on the real adapters, and the sandbox as its outside."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlmodel import col, delete, select

from bottega.sandbox.core import Mood, Trouble
from bottega.sandbox.server import Sandbox
from content import channels, editing, review
from content.articles import Article
from content.channels import Channel
from content.deliveries import Action, Attempt, Operation
from content.history import Actor, History, Untold
from content.media import Medium
from content.posts import Post
from content.store import Store
from content.vault import Vault, new_key
from content.workflow import OperationState
from publishers import Facebook, X
from publishers.base import Publisher
from scheduler.access import Access
from scheduler.dispatch import Dispatch
from scheduler.reconcile import Reconcile
from tests import stories
from tests.clock import Clock

SETTLING = 60.0
KEY = new_key()
VAULT = Vault([KEY])
OPERATIONS: Mapping[str, str] = {"facebook": "feed", "x": "tweets.create"}
"""The changing call of each channel, as the sandbox names it."""


class Desk:
    """Approves pieces, sends what is due, and tells how things stand."""

    def __init__(self, store: Store, cast: SimpleNamespace, clock: Clock, sandbox: Sandbox) -> None:
        self.store, self.cast, self.clock, self.sandbox = store, cast, clock, sandbox
        self.bruno = Actor("moderator", cast.bruno.id)
        self.publishers: dict[str, Publisher] = {}
        self.access = Access(store, VAULT, clock)
        self.dispatch = self.worker("first")
        self.reconcile = Reconcile(store, self.publishers, clock, _nothing, self.access)

    def worker(self, name: str, access: Access | None = None) -> Dispatch:
        """Return another sender on the same rows."""
        return Dispatch(
            self.store, self.publishers, self.clock, name, _nothing,
            access=access or Access(self.store, VAULT, self.clock),
        )  # fmt: skip

    async def approve(
        self, channel: str, text: str = "Apre lo sportello", media: tuple[Medium, ...] = ()
    ) -> int:
        """Have Bruno approve a piece for now; return its operation, with nothing left to tell."""
        now = self.clock()
        async with self.store.transaction() as session:
            await channels.open_channels(session, [channel])
            submission, article = await stories.drafted(session, self.cast.ada, now)
            post = Post(channel=channel, title=article.title, text=text, media=media)
            (operation,) = await review.approve(
                session, submission, self.cast.bruno, [post], version=article.version,
                seen=review.view_hash([post]), page_channel=None, immediately=True, now=now,
            )  # fmt: skip
            await session.exec(delete(Untold))
        return operation.id

    async def mend(self, operation_id: int, action: Action) -> int:
        """Have what an operation put out edited or deleted, now; return that operation."""
        now = self.clock()
        async with self.store.transaction() as session:
            out = await session.get_one(Operation, operation_id)
            mending = Operation(
                delivery_id=out.delivery_id, channel=out.channel, post_id=out.post_id,
                action=action, state=OperationState.SCHEDULED, due_at=now,
                local_time=out.local_time, next_try_at=now, remote_id=out.remote_id,
            )  # fmt: skip
            session.add(mending)
            await session.flush()
        return mending.id

    async def edit(self, operation_id: int) -> None:
        """Have Bruno edit the piece that an operation belongs to."""
        async with self.store.transaction() as session:
            article = (await session.exec(select(Article))).one()
            now = self.clock()
            await editing.edit(session, article, {"title": "Altro"}, by=self.bruno, now=now)

    async def heal(self, operation_id: int, tries: int = 6) -> None:
        """Let time pass and the newsroom do what it does of itself, until nothing is open."""
        for _ in range(tries):
            state = (await self.operation(operation_id)).state
            if state not in (OperationState.SCHEDULED, OperationState.UNCONFIRMED):
                return
            self.clock.forward(minutes=16)
            await self.reconcile.sweep()
            await self.dispatch.perform(operation_id)

    async def settle_doubts(self) -> None:
        """Let the channel's settling time pass, and look."""
        self.clock.forward(seconds=SETTLING + 1)
        await self.reconcile.sweep()

    async def resume(self, channel: str) -> None:
        """Have Bruno press "Riprendi"."""
        async with self.store.transaction() as session:
            await channels.resume(session, channel, by=self.bruno, now=self.clock())

    async def operation(self, operation_id: int) -> Operation:
        async with self.store.reading() as session:
            return await session.get_one(Operation, operation_id)

    async def channel(self, name: str) -> Channel:
        async with self.store.reading() as session:
            return await session.get_one(Channel, name)

    async def attempts(self, operation_id: int) -> list[str | None]:
        """Return how each try ended."""
        async with self.store.reading() as session:
            query = select(Attempt).where(Attempt.operation_id == operation_id)
            rows = (await session.exec(query.order_by(col(Attempt.number)))).all()
        return [one.outcome for one in rows]

    async def told(self) -> list[str]:
        """Return what people are to be told, in order: verbs of the history."""
        async with self.store.reading() as session:
            query = select(History.verb).join(Untold, col(Untold.history_id) == col(History.id))
            return list((await session.exec(query.order_by(col(History.id)))).all())

    def posts(self, channel: str) -> list[str]:
        """Return the texts of what is on a channel."""
        return self.sandbox.outlets[channel].texts()

    def order(self, channel: str, mood: Mood, operation: str = "", **rest: Any) -> None:
        """Order the sandbox to misbehave, at the changing call if no other is named."""
        trouble = Trouble(mood, channel, operation or OPERATIONS[channel], **rest)
        self.sandbox.board.troubles.append(trouble)


def adapters(
    sandbox: Sandbox, media_root: Path, *, settling: float = SETTLING, **changes: Any
) -> dict[str, Publisher]:
    """Return the real adapters, pointed at the sandbox; `changes` are keys of both."""
    keys = sandbox.keys()
    more = {"settling": settling} | changes
    return {
        "facebook": Facebook(Facebook.Config.model_validate(keys["facebook"] | more), media_root),
        "x": X(X.Config.model_validate(keys["x"] | more), media_root),
    }


def _nothing() -> None:
    return
