"""What is sealed is read by those who have a key, and by nobody else."""

import pytest

from content.vault import CannotOpen, Vault, new_key

OLD, NEW = new_key(), new_key()


def test_what_was_sealed_is_opened_and_cannot_be_read() -> None:
    sealed = Vault([OLD]).seal("città segreta")

    assert "segreta" not in sealed
    assert Vault([OLD]).open(sealed) == "città segreta"


def test_two_seals_of_the_same_words_are_not_alike() -> None:
    vault = Vault([OLD])

    assert vault.seal("a") != vault.seal("a")


def test_any_key_opens_and_the_first_seals() -> None:
    before, meanwhile = Vault([OLD]), Vault([NEW, OLD])

    assert meanwhile.open(before.seal("a")) == "a"
    assert Vault([NEW]).open(meanwhile.seal("a")) == "a"
    with pytest.raises(CannotOpen):
        before.open(meanwhile.seal("a"))


def test_what_was_changed_is_not_opened() -> None:
    sealed = Vault([OLD]).seal("a")
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]

    for wrong in (changed, sealed[:-4], "", "nothing"):
        with pytest.raises(CannotOpen):
            Vault([OLD]).open(wrong)


@pytest.mark.parametrize("keys", [[], [""], ["short"], [OLD, "short"], [OLD + OLD]])
def test_what_is_no_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match=r"key|base64|padding"):
        Vault(keys)


def test_a_key_is_made_once() -> None:
    assert new_key() != new_key()
