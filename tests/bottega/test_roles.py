import pytest

from bottega import roles
from bottega.roles import Role, UnknownRole


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["all"], roles.ALL),
        (["bot"], {Role.BOT}),
        (["web,worker"], {Role.WEB, Role.WORKER}),
        (["web", "bot, worker"], roles.ALL),
    ],
)
def test_roles_are_named_one_by_one_or_with_commas(given: list[str], meant: set[Role]) -> None:
    assert roles.parse(given) == meant


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(UnknownRole, match="«boss» non esiste: scegli fra bot, web, worker, all"):
        roles.parse(["boss"])
