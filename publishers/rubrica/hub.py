"""Telling a WebSub hub that there is something new: https://www.w3.org/TR/websub/#publishing."""

from publishers.http import Session
from publishers.rubrica import feeds
from publishers.rubrica.cards import Masthead


def ping(masthead: Masthead) -> None:
    """Tell the hub which feeds changed; raises requests.RequestException when it cannot be told."""
    topics = [f"{masthead.base}/{name}" for name in (feeds.ATOM, feeds.JSON)]
    told = {"hub.mode": "publish", "hub.url": topics}
    with Session(masthead.hub, masthead.hub) as session:
        session.post(masthead.hub, data=told)
