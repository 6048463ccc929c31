"""The crowd that looks at posts: figures that grow with a post's age, the same each time."""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_PACE: Final = timedelta(days=2)
"""After this long, nearly two thirds of those who will ever look have looked."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What came of a post: how often it was shown, liked, answered and passed on."""

    views: int
    reactions: int
    replies: int
    shares: int


def crowd(post_id: str, age: timedelta) -> Crowd:
    """Return what came of a post of an age."""
    chance = hashlib.sha256(post_id.encode()).digest()
    share = 1 - math.exp(-max(age, timedelta()) / _PACE)
    views = int((60 + chance[0] * 5) * share)
    reactions = views * (2 + chance[1] % 7) // 100
    replies, shares = (reactions * (one % 50) // 100 for one in chance[2:4])
    return Crowd(views, reactions, replies, shares)
