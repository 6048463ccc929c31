"""How the newsroom is: what is late, what waits, what failed; for `/health`, Prometheus, alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlmodel import col, func, select

from bot.inbox import Received
from bot.outbox import Outgoing
from content import sending
from content.channels import Channel
from content.deliveries import Attempt, Operation
from content.history import Untold
from content.store import Store


@dataclass(frozen=True, slots=True)
class Vitals:
    """Counts by state, and how late the oldest operation is that should be out by now."""

    overdue: timedelta
    operations: Mapping[tuple[str, str], int]
    attempts: Mapping[tuple[str, str], int]
    paused: Sequence[str]
    inbox: Mapping[str, int]
    outbox: Mapping[str, int]
    untold: int

    @property
    def well(self) -> bool:
        """Whether nothing is late beyond what passes by itself."""
        return self.overdue < sending.LATE


async def gather(store: Store, channels: Sequence[str], *, now: datetime) -> Vitals:
    """Read the vitals of these channels' operations and of the conversation."""
    async with store.reading() as session:
        overdue = await sending.overdue(session, channels, now=now)
        operations = await session.exec(
            select(Operation.channel, Operation.state, func.count()).group_by(
                col(Operation.channel), col(Operation.state)
            )
        )
        attempts = await session.exec(
            select(Operation.channel, Attempt.outcome, func.count())
            .join(Operation, col(Operation.id) == col(Attempt.operation_id))
            .group_by(col(Operation.channel), col(Attempt.outcome))
        )
        paused = await session.exec(select(Channel.name).where(col(Channel.paused_at).is_not(None)))
        inbox = await session.exec(
            select(Received.state, func.count()).group_by(col(Received.state))
        )
        outbox = await session.exec(
            select(Outgoing.state, func.count()).group_by(col(Outgoing.state))
        )
        return Vitals(
            overdue=overdue,
            operations={(channel, str(state)): n for channel, state, n in operations.all()},
            attempts={(channel, outcome or "open"): n for channel, outcome, n in attempts.all()},
            paused=list(paused.all()),
            inbox={str(state): n for state, n in inbox.all()},
            outbox={str(state): n for state, n in outbox.all()},
            untold=(await session.exec(select(func.count()).select_from(Untold))).one(),
        )


def health(vitals: Vitals) -> dict[str, object]:
    """Return what `/health` answers: well as long as nothing is late."""
    return {
        "ok": vitals.well,
        "overdue_seconds": round(vitals.overdue.total_seconds(), 1),
        "paused": sorted(vitals.paused),
        "untold": vitals.untold,
    }


def exposition(vitals: Vitals) -> bytes:
    """Return the vitals as Prometheus reads them.

    https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    registry = CollectorRegistry()

    def gauge(name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"bottega_{name}", about, labels, registry=registry)

    gauge("overdue_seconds", "How late the oldest operation is that should be out").set(
        vitals.overdue.total_seconds()
    )
    gauge("untold", "History rows that somebody is still to be told about").set(vitals.untold)
    operations = gauge("operations", "Operations by state", "channel", "state")
    for (channel, state), count in vitals.operations.items():
        operations.labels(channel, state).set(count)
    attempts = gauge("attempts", "Tries by how they ended", "channel", "outcome")
    for (channel, outcome), count in vitals.attempts.items():
        attempts.labels(channel, outcome).set(count)
    paused = gauge("channel_paused", "1 for a paused channel", "channel")
    for channel in {channel for channel, _ in vitals.operations} | set(vitals.paused):
        paused.labels(channel).set(channel in vitals.paused)
    for name, counts in (("inbox", vitals.inbox), ("outbox", vitals.outbox)):
        box = gauge(name, f"Messages of the {name} by state", "state")
        for state, count in counts.items():
            box.labels(state).set(count)
    return generate_latest(registry)
