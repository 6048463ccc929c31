"""Drafts that mention the body's own accounts: put in by us, and never in the way of the words."""

import pytest

from content.drafting import ChannelLimit, CheckedAssistant, Draft, Source, TemplateAssistant
from content.mentions import Mentioning
from publishers.x_text import weighted_length
from tests.content.test_drafting import GOOD, SOURCE

LIMITS = (
    ChannelLimit("facebook", 600, mention=lambda _: ""),
    ChannelLimit("x", 256, weighted_length, "@{}".format),
    ChannelLimit("mastodon", 475, mention="@{}".format),
    ChannelLimit("elsewhere", 475),
)
ACCOUNTS = {"x": "ComuneTirano", "facebook": "comune.tirano", "mastodon": "tirano@mastodon.uno"}
MINE = SOURCE.model_copy(update={"accounts": ACCOUNTS})


async def by_template(source: Source) -> Draft:
    return await Mentioning(TemplateAssistant(LIMITS), LIMITS).draft(source)


async def test_the_body_is_mentioned_behind_the_first_line() -> None:
    plain, draft = await TemplateAssistant(LIMITS).draft(SOURCE), await by_template(MINE)

    assert draft.texts["x"].splitlines()[0] == "Orti in città (@ComuneTirano)"
    assert draft.texts["mastodon"].splitlines()[0] == "Orti in città (@tirano@mastodon.uno)"
    for name in ("x", "mastodon"):
        assert draft.texts[name].splitlines()[1:] == plain.texts[name].splitlines()[1:]


async def test_where_nothing_mentions_surely_the_name_stays_plain() -> None:
    plain, draft = await TemplateAssistant(LIMITS).draft(SOURCE), await by_template(MINE)

    assert draft.texts["facebook"] == plain.texts["facebook"]
    assert "Comune di Tirano" in draft.texts["facebook"]
    assert draft.texts["elsewhere"] == plain.texts["elsewhere"]


async def test_without_accounts_a_draft_is_to_the_byte_what_it_was() -> None:
    plain = await TemplateAssistant(LIMITS).draft(SOURCE)

    assert (await by_template(SOURCE)).model_dump_json() == plain.model_dump_json()


async def test_a_mention_is_left_out_before_any_word_is_cut() -> None:
    full = ("x" * 20 + " ") * 12
    for spare in (1, 15, 16, 17):  # " (@ComuneTirano)" weighs 16
        words = full[: 256 - spare - 1] + "."
        draft = Draft(title="t", lead="l", text="t", sdgs=(1,), texts={"x": words})
        found = await Mentioning(_Says(draft), LIMITS).draft(MINE)

        said = found.texts["x"]
        assert said == (f"{words} (@ComuneTirano)" if spare >= 16 else words)
        assert weighted_length(said) <= 256


@pytest.mark.parametrize("most", ["Orti", "Orti (@ComuneTirano)"])
async def test_a_mention_is_left_out_where_the_channel_would_cut_something_for_it(
    most: str,
) -> None:
    def holds(words: str, title: str) -> bool:
        return title == "Orti in città" and len(words) <= len(most)

    limit = ChannelLimit("x", 256, mention="@{}".format, holds=holds)
    draft = Draft(title="Orti in città", lead="l", text="t", sdgs=(1,), texts={"x": "Orti"})

    assert (await Mentioning(_Says(draft), (limit,)).draft(MINE)).texts["x"] == most


async def test_who_is_mentioned_already_is_not_mentioned_twice() -> None:
    for words in ("Con @comunetirano, oggi.", "Orti\nGrazie a @ComuneTirano"):
        draft = Draft(title="t", lead="l", text="t", sdgs=(1,), texts={"x": words})

        assert (await Mentioning(_Says(draft), LIMITS).draft(MINE)).texts["x"] == words


async def test_another_account_that_begins_alike_is_another() -> None:
    words = "Con @ComuneTirano2 e tirano@mastodon.uno"
    draft = Draft(title="t", lead="l", text="t", sdgs=(1,), texts={"x": words, "mastodon": words})

    found = (await Mentioning(_Says(draft), LIMITS).draft(MINE)).texts

    assert found["x"] == f"{words} (@ComuneTirano)"
    assert found["mastodon"] == f"{words} (@tirano@mastodon.uno)"


async def test_a_model_is_not_told_of_accounts_and_may_not_make_any_up() -> None:
    invented = GOOD.model_copy(update={"texts": {**GOOD.texts, "x": "Orti con @ComuneTirano"}})
    limits = (ChannelLimit("facebook", 600), LIMITS[1])
    model = _Says(invented)
    checked = CheckedAssistant(model, TemplateAssistant(limits), limits, 1)

    draft = await Mentioning(checked, limits).draft(MINE)

    assert "ComuneTirano" not in model.told
    assert draft.model is None
    assert "collegamenti che il partecipante non ha indicato" in draft.note
    assert draft.texts["x"].count("@") == 1
    assert draft.texts["x"].startswith("Orti in città (@ComuneTirano)")


async def test_a_models_good_words_get_the_mention_too() -> None:
    limits = (ChannelLimit("facebook", 600), LIMITS[1])
    checked = CheckedAssistant(_Says(GOOD), TemplateAssistant(limits), limits, 1)

    draft = await Mentioning(checked, limits).draft(MINE)

    assert draft.texts["x"] == "Orti in città (@ComuneTirano)"
    assert draft.texts["facebook"] == GOOD.texts["facebook"]


class _Says:
    """An assistant that says one thing, and remembers what it was told."""

    def __init__(self, draft: Draft) -> None:
        self._draft, self.told = draft, ""

    async def draft(self, source: Source) -> Draft:
        self.told = source.model_dump_json()
        return self._draft
