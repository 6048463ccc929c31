"""The newsroom in the browser: who comes in how, what each page shows, what each button does."""

from bottega.web.console.desk import BASE, Desk
from bottega.web.console.house import console

__all__ = ["BASE", "Desk", "console"]
