"""The clock that tests hand to the rooms."""

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Rome."""


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now
