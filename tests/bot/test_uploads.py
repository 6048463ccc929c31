"""What people are told of the files that they upload."""

import pytest

from bot import texts
from content.media import Refusal
from content.uploads import Outcome


@pytest.mark.parametrize("problem", [*Refusal, Outcome.FULL, Outcome.CLOSED])
def test_every_problem_is_told_in_words_with_the_file_s_name(problem: str) -> None:
    said = texts.upload_refused("<sindaco>.mp4", str(problem))

    assert "«&lt;sindaco&gt;.mp4»" in said
    assert "Telegram non me lo consegna" not in said  # it did not come by Telegram
    assert str(problem) not in said.split()


def test_a_file_without_a_name_is_told_all_the_same() -> None:
    assert "che hai caricato" in texts.upload_refused("", "broken")
