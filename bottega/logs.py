"""Structured logs: events with ids, never texts of people or secrets."""

import logging
import sys
from typing import Any, Final

import structlog

PROCESSORS: Final[list[Any]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
]
_TALKATIVE: Final = ("aiosqlite", "httpcore", "httpx", "openai", "telegram")
"""Below WARNING they print addresses and headers that hold tokens, and what people wrote."""


def configure(level: str) -> None:
    """Send structured events to standard error, and keep the libraries quiet."""
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    hush()


def hush() -> None:
    """Keep the talkative libraries quiet, whatever the level of everything else."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
