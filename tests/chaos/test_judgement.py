"""The judgement of a storm can fail: each thing that may go wrong is seen, and counted once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from benchmarks.chaos import Result
from benchmarks.judgement import Asked, Known, Tally, allowed, judge
from benchmarks.newsroom import Outside
from benchmarks.outlets import Seen, parts
from content.corrections import Remedy
from content.media import Medium
from content.posts import Post

OUTSIDE = Outside("", "", {"x": {}, "facebook": {}}, 1.0)
PHOTO = Medium(sha256="5" * 64, mime="image/png", alt="La sala")
EDIT, REPLY, REPLACE = Remedy.EDIT, Remedy.REPLY, Remedy.REPLACE


def version(number: int, channel: str = "x") -> Post:
    text = f"Apre la biblioteca: versione {number}"
    return Post(channel=channel, title="Apre", text=text, media=(PHOTO,))


def asked(*remedies: Remedy, channel: str = "x", retracted: bool = False, let_go: int = 0) -> Asked:
    """Return an article approved once, and again for each remedy; one version may be let go."""
    versions: list[tuple[Mapping[str, Post], Mapping[str, Remedy]]] = [
        ({channel: version(1, channel)}, {})
    ]
    for number, remedy in enumerate(remedies, 2):
        versions.append(({channel: version(number, channel)}, {channel: remedy}))
    return Asked(versions, retracted, {(channel, let_go)} if let_go else set())


def there(number: int, post_id: str = "1", under: str | None = None) -> Seen:
    shown = ((PHOTO.sha256, PHOTO.alt),)
    return Seen(post_id, parts(version(number))[0], under, shown)


def tally(wanted: Asked, posts: Sequence[Seen], known: Known | None = None) -> Tally:
    """Judge what is there of one article, as the newsroom knows it if nothing else is said."""
    believed = known or Known([one.id for one in posts])
    return judge({1: wanted}, {(1, "x"): believed}, {"x": posts}, OUTSIDE)["x"]


FINE = Tally(articles=1)
TWICE, MISSING = replace(FINE, twice=1), replace(FINE, missing=1)
WRONG, STRAY = replace(FINE, wrong=1), replace(FINE, missing=1, wrong=1)


@pytest.mark.parametrize(
    ("wanted", "posts"),
    [
        (asked(), [there(1)]),
        (asked(EDIT), [there(2)]),
        (asked(REPLY), [there(1), there(2, "2", "1")]),
        (asked(REPLY), [there(2, "2")]),
        (asked(REPLACE), [there(2, "2")]),
        (asked(REPLY, REPLY), [there(1), there(2, "2", "1"), there(3, "3", "1")]),
        (asked(REPLY, REPLY), [there(2), there(3, "3", "1")]),
        (asked(REPLY, REPLACE), [there(3, "3")]),
        (asked(REPLY, EDIT), [there(3), there(2, "2", "1")]),
        (asked(retracted=True), []),
        (asked(REPLY, retracted=True), []),
        (asked(let_go=1), []),
        (asked(EDIT, let_go=1), [there(2)]),
        (asked(REPLACE, let_go=2), [there(1)]),
        (asked(REPLACE, let_go=2), []),
    ],
)  # fmt: skip
def test_what_was_asked_for_is_fine(wanted: Asked, posts: list[Seen]) -> None:
    assert tally(wanted, posts) == FINE


@pytest.mark.parametrize(
    ("what", "wanted", "posts", "counted"),
    [
        ("a doubled post", asked(), [there(1), there(1, "2")], TWICE),
        ("a doubled reply", asked(REPLY), [there(1), *(there(2, n, "1") for n in "23")], TWICE),
        ("nothing there", asked(), [], MISSING),
        ("the correction never came", asked(REPLY), [there(1)], MISSING),
        ("the old words still stand", asked(EDIT), [there(1)], MISSING),
        ("one byte more", asked(), [replace(there(1), words=there(1).words + " ")], STRAY),
        ("one byte other", asked(), [replace(there(1), words=there(1).words[:-1] + "7")], STRAY),
        ("retracted, and stands", asked(retracted=True), [there(1)], WRONG),
        ("its reply stands", asked(REPLY, retracted=True), [there(2, "2", "1")], WRONG),
        ("replaced, and stands", asked(REPLACE), [there(1), there(2, "2")], WRONG),
        ("corrected by a post of its own", asked(REPLY), [there(1), there(2, "2")], WRONG),
        ("under another post", asked(REPLY), [there(1), there(2, "2", "9")], WRONG),
        ("edited, and answered as well", asked(EDIT), [there(1), there(2, "2", "1")], WRONG),
        ("without its picture", asked(), [replace(there(1), media=())], WRONG),
        ("let go, and there", asked(let_go=1), [there(1)], WRONG),
        ("let go, and twice there", asked(let_go=1), [there(1), there(1, "2")], TWICE),
        ("replaced by what was let go", asked(REPLACE, let_go=2), [there(2)], WRONG),
        ("corrected, which was let go", asked(EDIT, let_go=1), [], MISSING),
        ("undescribed", asked(), [replace(there(1), media=((PHOTO.sha256, ""),))], WRONG),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_is_counted(
    what: str, wanted: Asked, posts: list[Seen], counted: Tally
) -> None:
    assert tally(wanted, posts) == counted, what


def chain(number: int, under: str | None = None) -> list[Seen]:
    """Return a thread of three parts, whose ids are 1, 2 and 3 after the version's number."""
    head = there(number, f"{number}1", under)
    second = Seen(f"{number}2", f"{head.words}, seconda", head.id)
    return [head, second, Seen(f"{number}3", f"{head.words}, terza", second.id)]


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each post come out in three parts."""
    monkeypatch.setattr(
        "benchmarks.judgement.parts",
        lambda post: (post.text, f"{post.text}, seconda", f"{post.text}, terza"),
    )


@pytest.mark.usefixtures("in_parts")
def test_a_thread_is_whole_and_in_its_order() -> None:
    head, second, third = chain(1)

    assert tally(asked(), [head, second, third]) == FINE
    assert tally(asked(), [head, second]) == MISSING
    assert tally(asked(), [head, second, third, replace(third, id="4")]) == TWICE
    assert tally(asked(), [head, second, replace(third, under=head.id)]) == WRONG
    assert tally(asked(), [head, replace(second, under=None), third]) == WRONG
    assert tally(asked(retracted=True), [third]) == WRONG


@pytest.mark.usefixtures("in_parts")
def test_a_thread_that_was_put_right_is_one_thread_or_answered_by_one() -> None:
    old, new = chain(1), chain(2)
    under_the_last, apart = chain(2, old[2].id), replace(new[0], under="9")

    assert tally(asked(EDIT), new) == FINE
    assert tally(asked(EDIT), [*new, replace(old[2], under=new[1].id)]) == WRONG
    assert tally(asked(EDIT), new[:2]) == MISSING
    assert tally(asked(REPLY), [*old, *under_the_last]) == FINE
    assert tally(asked(REPLY), [*old[:2], *chain(2, old[1].id)]) == FINE  # put right half way
    assert tally(asked(REPLY), [*old, *under_the_last[:2]]) == MISSING
    assert tally(asked(REPLY), [*old, apart, *new[1:]]) == WRONG
    assert tally(asked(REPLACE), [*new, old[2]]) == WRONG


def test_what_the_newsroom_itself_does_not_know_is_counted() -> None:
    """It must be able to correct what stands, and have brought everything to its end."""
    assert tally(asked(), [there(1)], Known(["by hand"])) == WRONG
    assert tally(asked(), [there(1)], Known([])) == WRONG
    assert tally(asked(), [there(1)], Known(["1"], ["7 edit failed after 1: no"])) == WRONG
    assert tally(asked(retracted=True), [], Known(["1"])) == WRONG


def test_a_correction_that_was_overtaken_need_not_be_seen_the_last_must() -> None:
    assert set(allowed(asked(REPLY, REPLY), "x")) == {
        (1, (2, 3)), (1, (3,)), (2, (3,)), (3, ()),
    }  # fmt: skip
    assert set(allowed(asked(REPLACE), "x")) == {(2, ())}
    assert set(allowed(asked(EDIT, retracted=True), "x")) == {None}


def test_a_storm_is_clean_only_without_any_of_it() -> None:
    for name in ("twice", "missing", "wrong"):
        bad = Result("embedded", 1, {"x": FINE, "facebook": replace(FINE, **{name: 1})})
        assert not bad.clean
        assert bad.told()[name] == 1
    assert not Result("embedded", 1, {"x": FINE}, faults=1).clean
    assert Result("embedded", 1, {"x": FINE}).clean
