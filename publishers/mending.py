"""What can be done on a channel about a post that is out, and what is said of it before."""

from collections.abc import Mapping
from typing import Final

from content.corrections import Remedy
from publishers.base import Action, Publisher

IN_VAIN: Final = (
    "Il post che doveva prendere il posto di questo è stato annullato, ma il canale non dice se la "
    "cancellazione era già avvenuta. Non la rifaccio: se il post c'è ancora, resta."
)
"""What is said of a deletion in doubt of a post that is to stay after all."""
_NEEDS: Final[Mapping[Remedy, Action]] = {
    Remedy.EDIT: Action.EDIT,
    Remedy.REPLY: Action.REPLY,
    Remedy.REPLACE: Action.DELETE,
}


def remedies(publisher: Publisher, *, page: bool) -> tuple[Remedy, ...]:
    """Return what an editor may choose among, the usual one first.

    The `page` that all posts link to is always put right in its place. Elsewhere what can be
    edited usually is, and what cannot usually stays as it is.
    """
    if page:
        return (Remedy.EDIT,)
    can = [one for one, action in _NEEDS.items() if action in publisher.actions]
    return (*can, Remedy.LEAVE) if Remedy.EDIT in can else (Remedy.LEAVE, *can)


def chosen(
    publishers: Mapping[str, Publisher], page_channel: str | None, said: Mapping[str, str]
) -> dict[str, Remedy]:
    """Return the remedy for each channel: the one said, if it can be done there, or the usual."""
    found = {}
    for name, publisher in publishers.items():
        offered = remedies(publisher, page=name == page_channel)
        wanted = said.get(name, "")
        found[name] = next((one for one in offered if one.value == wanted), offered[0])
    return found
