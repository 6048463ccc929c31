"""Who in the newsroom may do what, in one table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from content.people import Role


class Deed(StrEnum):
    """What a member of the newsroom may want to do."""

    REVIEW = "review"
    """Read, take in charge, edit, decide, write to authors."""
    SCHEDULE = "schedule"
    """Move, hold, drop and send again; pause channels, set blackouts."""
    BLOCK = "block"
    """Hear a person no more."""
    INVITE = "invite"
    """Let colleagues in, up to one's own role."""
    OPEN_LABS = "open_labs"
    """Open Labs and say how many approvals they ask for."""
    COMPOSE_BOOKS = "compose_books"
    """Put e-books together, and give them to readers."""
    WRITE_REPLIES = "write_replies"
    """Change the newsroom's standard replies."""
    READ_THE_RECORD = "read_the_record"
    TIE_THE_DESK = "tie_the_desk"
    """Make a group the moderators' desk."""
    CONNECT = "connect"
    """Let channels act for an account, and take it from them."""
    APPOINT = "appoint"
    """Change the roles of members, and let them go."""


LEAST: Final[Mapping[Deed, Role]] = {
    Deed.REVIEW: Role.MODERATOR,
    Deed.SCHEDULE: Role.MODERATOR,
    Deed.BLOCK: Role.MODERATOR,
    Deed.INVITE: Role.CHIEF_EDITOR,
    Deed.OPEN_LABS: Role.CHIEF_EDITOR,
    Deed.COMPOSE_BOOKS: Role.CHIEF_EDITOR,
    Deed.WRITE_REPLIES: Role.CHIEF_EDITOR,
    Deed.READ_THE_RECORD: Role.CHIEF_EDITOR,
    Deed.TIE_THE_DESK: Role.ADMINISTRATOR,
    Deed.CONNECT: Role.ADMINISTRATOR,
    Deed.APPOINT: Role.ADMINISTRATOR,
}
"""The least role that each deed asks for; those above may do it too."""


def may(role: Role | None, deed: Deed) -> bool:
    """Whether who has a role, None when they are not of the newsroom, may do something."""
    return role is not None and role.rank >= LEAST[deed].rank


def may_invite(role: Role | None, to: Role) -> bool:
    """Whether who has a role may give another to a colleague: none higher than their own."""
    return role is not None and may(role, Deed.INVITE) and to.rank <= role.rank
