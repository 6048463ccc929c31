"""Structured logs: events with ids, never texts of people or secrets."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Send structured events to standard error, and keep the libraries quiet.

    At DEBUG httpx, urllib3, tweepy and oauthlib print addresses and headers that hold tokens.
    """
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
