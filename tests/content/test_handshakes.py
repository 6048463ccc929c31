"""The way to a service and back: one question, one browser session, one answer, one choice."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from content import handshakes
from content.credentials import Grant
from content.handshakes import LASTS, Handshake, Offer, Secret
from content.store import Store
from content.vault import CannotOpen, Vault, new_key
from tests.clock import Clock

VAULT = Vault([new_key()])
MINE, ANOTHERS = "the-token-of-my-session", "the-token-of-another-session"
ONE = Offer("1", "@LaboratoriLab", Grant("a-token", ("tweet.write",), "a-renewal", 7200.0))
TWO = Offer("2", "@Redazione", Grant("another-token", (), "", None))


async def ask(store: Store, clock: Clock, token: str = MINE, channel: str = "x") -> Secret:
    async with store.transaction() as session:
        return await handshakes.ask(session, VAULT, token, channel, now=clock())


async def take(store: Store, clock: Clock, state: str, token: str = MINE) -> Secret | None:
    async with store.transaction() as session:
        taken = await handshakes.take(session, VAULT, token, state, now=clock())
    return taken[1] if taken else None


async def underway(store: Store, clock: Clock, token: str = MINE) -> Handshake | None:
    async with store.reading() as session:
        return await handshakes.underway(session, token, "x", now=clock())


async def offer(store: Store, clock: Clock, *offers: Offer) -> None:
    """Go there and back, with these offers."""
    secret = await ask(store, clock)
    await take(store, clock, secret.state)
    row = await underway(store, clock)
    assert row is not None
    async with store.transaction() as session:
        await handshakes.keep_offers(session, VAULT, row, offers)


async def accept(store: Store, clock: Clock, account_id: str, token: str = MINE) -> Offer | None:
    async with store.transaction() as session:
        return await handshakes.accept(session, VAULT, token, "x", account_id, now=clock())


async def test_a_state_is_good_once_in_the_session_that_asked(store: Store, clock: Clock) -> None:
    secret = await ask(store, clock)

    assert await take(store, clock, secret.state) == secret
    assert await take(store, clock, secret.state) is None


async def test_of_eight_that_come_back_at_once_one_is_heard(store: Store, clock: Clock) -> None:
    secret = await ask(store, clock)

    taken = await asyncio.gather(*(take(store, clock, secret.state) for _ in range(8)))

    assert [one for one in taken if one] == [secret]


@pytest.mark.parametrize("forged", ["", "x", "{}x", "{}"])
async def test_a_state_of_nobody_or_of_anothers_session_uses_nothing_up(
    store: Store, clock: Clock, forged: str
) -> None:
    secret = await ask(store, clock)

    token = ANOTHERS if forged == "{}" else MINE
    assert await take(store, clock, forged.format(secret.state), token) is None
    assert await take(store, clock, secret.state) == secret


async def test_who_stays_away_too_long_begins_anew(store: Store, clock: Clock) -> None:
    secret = await ask(store, clock)
    clock.now += LASTS

    assert await take(store, clock, secret.state) is None
    assert await underway(store, clock) is None


async def test_asking_again_ends_the_first_question_of_that_channel_alone(
    store: Store, clock: Clock
) -> None:
    first, of_facebook = await ask(store, clock), await ask(store, clock, channel="facebook")
    of_another = await ask(store, clock, ANOTHERS)
    second = await ask(store, clock)

    assert await take(store, clock, first.state) is None
    assert await take(store, clock, second.state) == second
    assert await take(store, clock, of_facebook.state) == of_facebook
    assert await take(store, clock, of_another.state, ANOTHERS) == of_another


async def test_what_was_offered_is_accepted_once_less_the_time_it_took(
    store: Store, clock: Clock
) -> None:
    await offer(store, clock, ONE, TWO)
    clock.now += timedelta(minutes=5)

    chosen = await accept(store, clock, "1")

    assert chosen == Offer(
        "1", "@LaboratoriLab", Grant("a-token", ["tweet.write"], "a-renewal", 6900)
    )
    assert await accept(store, clock, "1") is None
    assert await underway(store, clock) is None


async def test_what_does_not_expire_still_does_not_once_it_is_chosen(
    store: Store, clock: Clock
) -> None:
    await offer(store, clock, ONE, TWO)

    chosen = await accept(store, clock, "2")

    assert chosen is not None
    assert chosen.grant.seconds is None


async def test_nothing_else_is_accepted(store: Store, clock: Clock) -> None:
    await offer(store, clock, ONE)

    assert await accept(store, clock, "2") is None
    assert await accept(store, clock, "1", ANOTHERS) is None
    clock.now += LASTS
    assert await accept(store, clock, "1") is None


async def test_of_eight_choices_at_once_one_is_accepted(store: Store, clock: Clock) -> None:
    await offer(store, clock, ONE, TWO)

    chosen = await asyncio.gather(*(accept(store, clock, "12"[n % 2]) for n in range(8)))

    assert len([one for one in chosen if one]) == 1


async def test_before_the_service_has_answered_there_is_nothing_to_accept(
    store: Store, clock: Clock
) -> None:
    secret = await ask(store, clock)
    assert await accept(store, clock, "1") is None

    await take(store, clock, secret.state)
    assert await accept(store, clock, "1") is None


async def test_why_nothing_came_of_it_is_told_and_the_secrets_are_gone(
    store: Store, clock: Clock
) -> None:
    await offer(store, clock, ONE)
    row = await underway(store, clock)
    assert row is not None
    async with store.transaction() as session:
        await handshakes.fail(session, row, "X non risponde.")

    after = await underway(store, clock)
    assert after is not None
    assert (after.problem, after.sealed) == ("X non risponde.", "")
    assert await accept(store, clock, "1") is None


async def test_what_nobody_ended_is_forgotten(store: Store, clock: Clock) -> None:
    await offer(store, clock, ONE)
    await ask(store, clock, ANOTHERS)
    clock.now += LASTS - timedelta(seconds=1)
    await forget(store, clock)
    assert len(await rows(store)) == 2

    clock.now += timedelta(seconds=1)
    await forget(store, clock)
    assert await rows(store) == []


async def forget(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        await handshakes.forget_old(session, now=clock())


async def rows(store: Store) -> Sequence[Handshake]:
    async with store.reading() as session:
        return (await session.exec(select(Handshake))).all()


async def test_no_row_holds_a_state_a_verifier_a_session_or_a_token(
    store: Store, clock: Clock
) -> None:
    secret = await ask(store, clock)
    said = str([one.model_dump() for one in await rows(store)])
    for hidden in (secret.state, secret.verifier, MINE):
        assert hidden not in said

    await offer(store, clock, ONE)
    said = str([one.model_dump() for one in await rows(store)])
    assert ONE.grant.token not in said
    assert ONE.grant.renewal not in said


async def test_another_key_opens_nothing_and_uses_nothing_up(store: Store, clock: Clock) -> None:
    secret = await ask(store, clock)

    with pytest.raises(CannotOpen):
        async with store.transaction() as session:
            await handshakes.take(session, Vault([new_key()]), MINE, secret.state, now=clock())

    assert await take(store, clock, secret.state) == secret


def test_no_two_questions_have_the_same_state_or_verifier() -> None:
    one, other = Secret(), Secret()

    assert len({one.state, other.state, one.verifier, other.verifier}) == 4
    assert 43 <= len(one.verifier) <= 128
    assert one.state not in repr(one)
    assert one.verifier not in repr(one)
