"""What may be claimed: every rule about time, said once, for planning's word is never enough."""

from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col

from content.channels import Channel, is_apart, is_awake
from content.deliveries import Action, Operation
from content.silence import is_in_force
from content.workflow import OperationState

_alias: Final = cache(aliased)
"""Making an alias costs more than all the rest of a claim's statement."""
MENDING: Final = (Action.EDIT, Action.DELETE)
"""What only mends what is out already: it goes at any hour, and is never too late."""


def claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an operation may be sent now.

    Each compares bare columns with values, so that the index on state and next_try_at serves.
    """
    earlier: Any = _alias(Operation)
    return (
        col(Operation.state) == OperationState.SCHEDULED,
        col(Operation.next_try_at) <= now,
        col(Operation.hold_reason).is_(None),
        or_(_mends(), and_(not_(is_late(now)), not_(is_in_force(now)))),
        _channel_is_open(now),
        or_(
            col(Operation.after_id).is_(None),
            exists().where(
                earlier.id == col(Operation.after_id), earlier.state == OperationState.DONE
            ),
        ),
    )


def expected(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an operation should be out by now, whatever hinders it.

    One in the hands of a sender, or behind a page that does not come, is late all the same.
    """
    return (
        col(Operation.state).in_([OperationState.SCHEDULED, OperationState.SENDING]),
        col(Operation.next_try_at) <= now,
        col(Operation.hold_reason).is_(None),
        or_(_mends(), and_(not_(is_late(now)), not_(is_in_force(now)))),
        _channel_is_open(now),
    )


def missed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an operation is given up: none is in a blackout."""
    return (
        col(Operation.state) == OperationState.SCHEDULED,
        col(Operation.news_until) <= now,
        not_(_mends()),
        not_(is_in_force(now)),
    )


def is_late(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an operation is no longer news."""
    until = col(Operation.news_until)
    return and_(until.is_not(None), until <= now)


def _mends() -> ColumnElement[bool]:
    return col(Operation.action).in_(MENDING)


def _channel_is_open(now: datetime) -> ColumnElement[bool]:
    """Neither paused nor throttled; awake for what has a place in its week, apart for posts."""
    channel: Any = _alias(Channel)
    return exists().where(
        channel.name == col(Operation.channel),
        channel.paused_at.is_(None),
        or_(channel.next_allowed_at.is_(None), channel.next_allowed_at <= now),
        or_(col(Operation.slot_id).is_(None), is_awake(channel, now)),
        or_(col(Operation.action) != Action.CREATE, is_apart(channel, now)),
    )
