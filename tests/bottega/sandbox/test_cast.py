"""The people of the sandbox's newsroom, and the keys to its stand-ins."""

from collections.abc import Iterator

import httpx
import pytest

from bottega.sandbox import Cast, Sandbox, furnish, running
from publishers.facebook import Facebook
from publishers.x import X


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
def cast(sandbox: Sandbox) -> Cast:
    return furnish(sandbox.telegram)


def say(sandbox: Sandbox, chat_id: int) -> int:
    keys = sandbox.telegram_keys()
    url = f"{keys['api_url']}/bot{keys['token']}/sendMessage"
    with httpx.Client(trust_env=False) as client:
        return client.post(url, json={"chat_id": chat_id, "text": "Ciao"}).status_code


def test_participants_must_write_first(sandbox: Sandbox, cast: Cast) -> None:
    assert [say(sandbox, one.id) for one in cast.participants] == [400, 400, 400]
    cast.ada.write("/start")
    assert say(sandbox, cast.ada.id) == 200


def test_the_bot_may_write_to_the_moderators_and_their_group(sandbox: Sandbox, cast: Cast) -> None:
    assert [say(sandbox, number) for number in (*cast.moderators, cast.group_id)] == [200, 200, 200]


def test_the_administrator_owns_the_group_and_is_a_moderator(cast: Cast) -> None:
    assert cast.moderators[cast.administrator_id] == "Bruno Galli"
    assert cast.group.status(cast.administrator_id) == "creator"


def test_carla_is_in_the_group_but_not_in_the_newsroom(cast: Cast) -> None:
    assert cast.group.present(cast.carla.id)
    assert cast.carla.id not in cast.moderators


def test_the_keys_are_those_the_publishers_ask_for(sandbox: Sandbox) -> None:
    keys = sandbox.keys()
    for publisher in (Facebook, X):
        assert set(keys[publisher.channel]) <= set(publisher.Config.model_fields)
        assert publisher.Config.model_validate(keys[publisher.channel]).api_url.startswith(
            sandbox.url
        )


def test_the_model_answers_to_its_keys(sandbox: Sandbox) -> None:
    keys = sandbox.model_keys()
    headers = {"authorization": f"Bearer {keys['api_key']}"}
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{keys['base_url']}/models", headers=headers)
    assert [one["id"] for one in answer.json()["data"]] == [keys["model"]]
