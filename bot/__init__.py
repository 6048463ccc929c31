"""Telegram: people talk to the newsroom."""

import os

# python-telegram-bot reads this when it builds RetryAfter: durations instead of a deprecated int.
os.environ.setdefault("PTB_TIMEDELTA", "true")
