"""Several people at one article: what each writes is kept, seen by the others, and never lost."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from content import alts, editing, privacy, versions, writing
from content.alts import PROPOSED
from content.articles import Article, content_of, piece
from content.editing import EditedMeanwhile, Unfit, edit
from content.history import Actor
from content.store import Store
from content.versions import merged
from tests.clock import Clock
from tests.stories import PICTURE, drafted


async def begun(store: Store, cast: SimpleNamespace, clock: Clock) -> Article:
    async with store.transaction() as session:
        _, article = await drafted(session, cast.ada, clock())
    return article


async def wrote(
    store: Store, article: Article, who: Any, clock: Clock, title: str, *, opened: timedelta
) -> bool:
    """Have somebody write a title on a page that they opened some time ago."""
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        content = content_of(fresh) | {"title": title}
        return await writing.keep(
            session, fresh, who, content,
            version=1, opened_at=clock() - opened, now=clock(),
        )  # fmt: skip


NOW, BEFORE = timedelta(0), timedelta(seconds=5)


async def test_what_is_written_is_kept_apart_from_the_article(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)

    assert await wrote(store, article, cast.bruno, clock, "Altro titolo", opened=NOW)

    async with store.reading() as session:
        mine = await writing.of(session, article.id, cast.bruno.id)
        assert mine is not None
        assert mine.content["title"] == "Altro titolo"
        assert (await session.get_one(Article, article.id)).version == 1
        assert await writing.of(session, article.id, cast.gaia.id) is None


async def test_what_the_article_says_anyway_is_not_kept(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    await wrote(store, article, cast.bruno, clock, "Altro titolo", opened=NOW)

    await wrote(store, article, cast.bruno, clock, article.title, opened=NOW)

    async with store.reading() as session:
        mine = await writing.of(session, article.id, cast.bruno.id)
        assert (mine and mine.content, mine and mine.kept_at) == ({}, None)


async def test_a_page_left_behind_in_another_tab_does_not_overwrite_the_last_one(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    assert await wrote(store, article, cast.bruno, clock, "Nella seconda", opened=NOW)

    assert not await wrote(store, article, cast.bruno, clock, "Nella prima", opened=BEFORE)

    async with store.reading() as session:
        mine = await writing.of(session, article.id, cast.bruno.id)
        assert mine is not None
        assert mine.content["title"] == "Nella seconda"


async def test_what_arrives_after_it_was_saved_comes_too_late(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    await wrote(store, article, cast.bruno, clock, "A metà", opened=NOW)
    clock.forward(seconds=1)
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        await writing.settle(session, fresh, cast.bruno, now=clock())

    assert not await wrote(store, article, cast.bruno, clock, "A metà", opened=BEFORE)


async def test_people_at_one_article_see_each_other_while_they_are_there(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    await wrote(store, article, cast.bruno, clock, "Altro titolo", opened=NOW)
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        await writing.here(session, fresh, cast.gaia, opened_at=clock(), now=clock())

    async def seen_by(who: Any) -> Any:
        async with store.reading() as session:
            return await writing.others(session, article.id, who.id, now=clock())

    assert await seen_by(cast.gaia) == [("Bruno Galli", True)]
    assert await seen_by(cast.bruno) == [("Gaia Monti", False)]
    clock.forward(seconds=writing.HERE_FOR.total_seconds())
    assert await seen_by(cast.gaia) == []


async def test_what_is_not_saved_goes_when_the_author_is_forgotten(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    await wrote(store, article, cast.bruno, clock, "Di Ada Rossi", opened=NOW)

    async with store.transaction() as session:
        await privacy.erase(session, await session.merge(cast.ada), now=clock())

    async with store.reading() as session:
        assert await writing.of(session, article.id, cast.bruno.id) is None


BASE = {
    "title": "Uno", "lead": "Due", "texts": {"x": "Tre", "facebook": "Quattro"}, "forms": {},
}  # fmt: skip


def test_fields_changed_on_one_side_come_together() -> None:
    mine = BASE | {"title": "Mio", "texts": {"x": "Mio", "facebook": "Quattro"}}
    theirs = BASE | {"lead": "Loro", "texts": {"x": "Tre", "facebook": "Loro"}}

    found = merged(BASE, mine, theirs)

    assert found.content == {
        "title": "Mio", "lead": "Loro", "texts": {"x": "Mio", "facebook": "Loro"}, "forms": {},
    }  # fmt: skip
    assert found.clashes == {}
    assert set(found.taken) == {"lead", "texts.facebook"}


def test_a_field_changed_on_both_sides_keeps_both() -> None:
    found = merged(BASE, BASE | {"title": "Mio"}, BASE | {"title": "Loro"})

    assert (found.content["title"], found.clashes) == ("Mio", {"title": "Loro"})


def test_words_taken_away_stay_away() -> None:
    found = merged(BASE, BASE | {"texts": {"facebook": "Quattro"}}, BASE | {"lead": "Loro"})

    assert found.content["texts"] == {"facebook": "Quattro"}


async def test_a_save_on_an_older_version_is_refused_and_both_versions_are_kept(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        await edit(session, fresh, {"title": "Prima"}, by=by, now=clock(), version=1)

    with pytest.raises(EditedMeanwhile):
        async with store.transaction() as session:
            fresh = await session.get_one(Article, article.id)
            await edit(session, fresh, {"title": "Dopo"}, by=by, now=clock(), version=1)

    async with store.reading() as session:
        first = await versions.said(session, article.id, 1)
        second = await versions.said(session, article.id, 2)
        assert first is not None
        assert second is not None
        assert (first.content["title"], second.content["title"]) == (article.title, "Prima")


@pytest.mark.parametrize(("changes", "flaw"), [
    ({"title": "  "}, ("title", "empty")),
    ({"title": "x" * 201}, ("title", "too_long")),
    ({"text": "x" * 40_001}, ("text", "too_long")),
    ({"credit": "x" * 201}, ("credit", "too_long")),
    ({"texts": {"x": "x" * 10_001}}, ("texts.x", "too_long")),
    ({"media": [PICTURE | {"alt": "x" * 1001}]}, ("alt.0", "too_long")),
    ({"media": [PICTURE | {"caption": "x" * 501}]}, ("caption.0", "too_long")),
])  # fmt: skip
async def test_what_no_article_may_say_is_refused(
    changes: dict[str, Any],
    flaw: tuple[str, str],
    store: Store,
    cast: SimpleNamespace,
    clock: Clock,
) -> None:
    article = await begun(store, cast, clock)
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        by = Actor("moderator", cast.bruno.id)
        with pytest.raises(Unfit) as refused:
            await edit(session, fresh, changes, by=by, now=clock())

        assert refused.value.flaws == [flaw]
        assert fresh.version == 1


async def test_whose_the_pictures_are_is_as_the_newsroom_wrote(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        by = Actor("moderator", cast.bruno.id)
        changes = {"credit": "Archivio Brera", "media": [PICTURE]}
        await edit(session, fresh, changes, by=by, now=clock())

        assert (await piece(session, fresh, "https://a.example")).credit.startswith("Archivio Brer")


async def test_a_trial_is_what_a_save_would_make_of_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    article = await begun(store, cast, clock)
    async with store.transaction() as session:
        fresh = await session.get_one(Article, article.id)
        content = content_of(fresh) | {"title": "Altro", "section": "articoli"}
        tried = await piece(session, editing.trial(fresh, content), "https://a.example")
        by = Actor("moderator", cast.bruno.id)
        await edit(session, fresh, {"title": "Altro", "section": "articoli"}, by=by, now=clock())

        assert await piece(session, fresh, "https://a.example") == tried


def test_words_only_proposed_stay_so_when_pictures_change_places() -> None:
    proposed = PICTURE | {"sha256": "b" * 64, "alt": "Un titolo", PROPOSED: True}
    moved = alts.accepted([proposed, PICTURE])

    assert alts.reviewed([PICTURE, proposed], moved) == [proposed, PICTURE]
    moved[0]["alt"] = "Un cortile con un pozzo"
    assert alts.lacking(alts.reviewed([PICTURE, proposed], moved)) == []
