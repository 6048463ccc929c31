"""The WordPress adapter, against the stand-in over real HTTP."""

import logging
import re
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pydantic import ValidationError

from bottega.sandbox.core import Mood, Trouble
from bottega.sandbox.server import Sandbox
from bottega.sandbox.wordpress import WordPress as Blog
from bottega.sandbox.wordpress_posts import BlogPost
from content.media import Medium, keep
from content.posts import Piece, Post, Section
from content.submissions import Kind
from publishers.base import (
    Action,
    Call,
    CannotTell,
    ChannelDown,
    Rejected,
    Unavailable,
    Unclear,
)
from publishers.wordpress import WordPress
from tests.publishers.stage import film

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
URL = "https://www.laboratori.example/notizie/sportello-1/"
JSON = {"content-type": "application/json"}


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


@pytest.fixture
def blog(sandbox: Sandbox) -> Blog:
    outlet = sandbox.outlets["wordpress"]
    assert isinstance(outlet, Blog)
    return outlet


@pytest.fixture
def publisher(sandbox: Sandbox, tmp_path: Path) -> WordPress:
    return WordPress(config(sandbox), tmp_path)


def config(sandbox: Sandbox, **changes: object) -> WordPress.Config:
    return WordPress.Config.model_validate(sandbox.keys()["wordpress"] | changes)


def piece(**changes: object) -> Piece:
    told: dict[str, object] = {
        "article_id": 1,
        "version": 1,
        "receipt": "A-1",
        "kind": Kind.INITIATIVE,
        "section": Section.NEWS,
        "slug": "sportello-1",
        "title": "Uno sportello digitale a Tirano",
        "lead": "Ogni martedì i volontari aiutano chi vuole imparare.",
        "text": "Lo curano **i nonni**.",
        "organisation": "Comune di Tirano",
        "url": URL,
    }
    return Piece.model_validate(told | changes)


def post(publisher: WordPress, **changes: object) -> Post:
    return publisher.render(piece(**changes))


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def picture(root: Path, colour: str = "red", alt: str = "") -> Medium:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return keep(root, out.getvalue()).model_copy(update={"alt": alt})


def order(sandbox: Sandbox, mood: Mood, operation: str, **rest: object) -> None:
    sandbox.board.troubles.append(Trouble(mood, "wordpress", operation, **rest))  # type: ignore[arg-type]  # a test's shorthand


def fails_with(status: int, body: str = "", **headers: str) -> dict[str, object]:
    return {"status": status, "body": body, "headers": JSON | headers}


def error(status: int, code: str) -> dict[str, object]:
    return fails_with(status, f'{{"code": "{code}", "message": "no", "data": {{}}}}')


def public(blog: Blog) -> list[BlogPost]:
    return [one for one in blog.posts if one.status == "publish"]


# ---------------------------------------------------------------- what is written


def test_the_whole_piece_is_rendered_the_same_bytes_each_time(publisher: WordPress) -> None:
    rendered = post(publisher, link="https://www.comune.example/x", ai_model="m-1", author="Ada")
    assert "<p>Lo curano <strong>i nonni</strong>.</p>" in rendered.html
    assert f'<a href="{URL}">Uno sportello digitale a Tirano</a>' in rendered.html
    for said in ("Ogni martedì", "Comune di Tirano", "Testo: Ada", "comune.example", "(m-1)"):
        assert said in rendered.html
    again = post(publisher, link="https://www.comune.example/x", ai_model="m-1", author="Ada")
    assert rendered.sha256 == again.sha256


@pytest.mark.parametrize(
    "text",
    ["[gallery]", "[caption]x[/caption]", "<!-- wp:html -->", "<script>alert(1)</script>"],
)
def test_wordpress_acts_upon_nothing_that_people_typed(publisher: WordPress, text: str) -> None:
    html = post(publisher, text=text, title=text, lead=text, organisation=text).html
    assert "[" not in html
    assert "<!--" not in html
    assert "<script" not in html


def test_an_address_in_code_is_no_address_to_embed(publisher: WordPress) -> None:
    html = post(publisher, text="```\nhttps://www.video.example/1\n```").html
    assert "https://www.video.example" not in html
    assert "https&#58;//www.video.example/1" in html


def test_what_is_no_picture_stays_on_the_page_which_is_said(
    publisher: WordPress, tmp_path: Path
) -> None:
    film = Medium(sha256="a" * 64, mime="video/mp4")
    rendered = post(publisher, media=(film, picture(tmp_path)))
    assert [one.mime for one in rendered.media] == ["image/jpeg"]
    assert "con quello che qui non si vede" in rendered.html


def test_one_film_is_shown_among_the_pictures_in_their_order(
    publisher: WordPress, tmp_path: Path
) -> None:
    red, blue = picture(tmp_path, "red"), picture(tmp_path, "blue")
    shown = film(tmp_path)
    second = shown.model_copy(update={"sha256": "b" * 64})

    rendered = post(publisher, media=(red, shown, blue, second))

    assert rendered.media == (red, shown, blue)
    assert rendered.html.count("<video") == 1
    assert rendered.html.index("<img") < rendered.html.index("<video")


def test_a_film_larger_than_the_site_takes_is_left_to_the_page(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    shown = film(tmp_path).model_copy(update={"size": 3 * 1024 * 1024})

    for largest, media in ((2, ()), (2.9, ()), (3, (shown,))):
        publisher = WordPress(config(sandbox, largest=largest), tmp_path)
        assert post(publisher, media=(shown,)).media == media


# ---------------------------------------------------------------- what comes of it


def test_a_piece_goes_out_in_its_category_with_its_pictures(
    publisher: WordPress, blog: Blog, tmp_path: Path
) -> None:
    media = (picture(tmp_path, "red", "Un «quadrato» rosso"), picture(tmp_path, "blue"))
    sent = post(publisher, media=media, title="Sì & <no>")
    published = publisher.publish(sent, call())
    (created,) = blog.posts
    assert (created.status, created.slug) == ("publish", "sportello-1")
    assert created.title == "Sì &amp; &lt;no&gt;"
    assert created.categories == [blog.categories["notizie"][0]]
    assert blog.categories["notizie"][1] == "Notizie"
    assert [one.alt_text for one in blog.library] == ["Un «quadrato» rosso", ""]
    for one in blog.library:
        assert f'/{one.file_name}" class="wp-image-{one.id}"' in created.content
        assert one.post == created.id
    assert '"/media/' not in created.content
    assert published.remote_id == str(created.id)
    assert published.permalink.endswith("/wordpress/sportello-1/")
    assert created.featured_media == 0


def test_what_was_approved_is_what_is_there_but_for_addresses_and_the_mark(
    publisher: WordPress, blog: Blog
) -> None:
    sent = post(publisher)
    publisher.publish(sent, call())
    mark = f"<!-- bottega 1 {sent.sha256} -->"
    assert blog.posts[0].content.replace(mark, "") == sent.html


def test_a_film_goes_out_with_its_poster_its_captions_and_what_it_shows(
    publisher: WordPress, blog: Blog, tmp_path: Path
) -> None:
    shown = film(tmp_path)
    publisher.publish(post(publisher, media=(shown,)), call())

    kept = {one.mime: one for one in blog.library}
    assert set(kept) == {"video/mp4", "image/jpeg", "text/vtt"}
    assert kept["video/mp4"].content == shown.read(tmp_path)
    assert kept["text/vtt"].content.startswith(b"WEBVTT")
    assert {one.post for one in blog.library} == {blog.posts[0].id}
    html = blog.posts[0].content
    for mime, name in (("video/mp4", "src"), ("image/jpeg", "poster"), ("text/vtt", "src")):
        assert re.search(rf'{name}="http[^"]*/{kept[mime].file_name}"', html), mime
    assert 'aria-label="Il sindaco saluta"' in html
    assert '"/media/' not in html


def test_a_correction_keeps_the_film_and_one_without_it_takes_all_of_it_away(
    publisher: WordPress, blog: Blog, tmp_path: Path
) -> None:
    shown = film(tmp_path)
    proof = publisher.publish(post(publisher, media=(shown,)), call())
    before = list(blog.library)

    publisher.publish(
        post(publisher, title="Corretto", media=(shown,)), call(Action.EDIT, proof.remote_id)
    )
    assert blog.library == before

    publisher.publish(post(publisher, title="Senza"), call(Action.EDIT, proof.remote_id))
    assert blog.library == []


@pytest.mark.parametrize(("first", "mime"), [("film", "image/jpeg"), ("picture", "image/png")])
def test_a_films_poster_may_be_the_featured_picture_never_the_film(
    sandbox: Sandbox, blog: Blog, tmp_path: Path, first: str, mime: str
) -> None:
    publisher = WordPress(config(sandbox, featured=True), tmp_path)
    media = [film(tmp_path), picture(tmp_path)]

    publisher.publish(post(publisher, media=media if first == "film" else media[::-1]), call())

    (featured,) = [one for one in blog.library if one.id == blog.posts[0].featured_media]
    assert featured.mime in (mime, "image/jpeg")
    assert featured.mime != "video/mp4"


@pytest.mark.parametrize("by", ["WordPress", "its server"])
def test_a_film_that_the_site_does_not_take_after_all_is_refused_with_what_to_do(
    publisher: WordPress, blog: Blog, sandbox: Sandbox, tmp_path: Path, by: str
) -> None:
    if by == "WordPress":
        blog.largest = 100
    else:
        order(sandbox, "answer", "media.create", **fails_with(413, "<html>Too large</html>"))

    with pytest.raises(Rejected, match="WORDPRESS_LARGEST"):
        publisher.publish(post(publisher, media=(film(tmp_path),)), call())
    assert blog.texts() == []


def test_the_first_picture_is_featured_where_it_is_wanted(
    sandbox: Sandbox, blog: Blog, tmp_path: Path
) -> None:
    publisher = WordPress(config(sandbox, featured=True), tmp_path)
    publisher.publish(post(publisher, media=(picture(tmp_path), picture(tmp_path, "blue"))), call())
    assert blog.posts[0].featured_media == blog.library[0].id


def test_creating_twice_is_one_post(publisher: WordPress, blog: Blog, tmp_path: Path) -> None:
    sent = post(publisher, media=(picture(tmp_path),))
    first, second = publisher.publish(sent, call()), publisher.publish(sent, call())
    assert first == second
    assert len(blog.posts) == len(blog.library) == 1


def test_a_draft_that_a_crash_left_is_gone_on_with(
    publisher: WordPress, blog: Blog, sandbox: Sandbox
) -> None:
    order(sandbox, "lost", "posts.create")
    with pytest.raises(Unavailable):
        publisher.publish(post(publisher), call())
    assert [one.status for one in blog.posts] == ["draft"]
    publisher.publish(post(publisher), call())
    assert [one.status for one in blog.posts] == ["publish"]


def test_what_somebody_else_has_at_the_address_is_left_alone(
    publisher: WordPress, blog: Blog
) -> None:
    blog.posts.append(BlogPost(90, "publish", "sportello-1", "Altro", "<p>Nostro</p>"))
    before = replace(blog.posts[0])
    with pytest.raises(Rejected, match="già un altro articolo"):
        publisher.publish(post(publisher), call())
    assert blog.posts == [before]
    assert publisher.find(post(publisher), NOW) is None


def test_an_edit_changes_the_post_and_drops_pictures_that_it_does_not_show(
    publisher: WordPress, blog: Blog, tmp_path: Path
) -> None:
    red, blue = picture(tmp_path, "red", "Rosso"), picture(tmp_path, "blue")
    published = publisher.publish(post(publisher, media=(red, blue)), call())
    mended = red.model_copy(update={"alt": "Un quadrato rosso"})
    corrected = post(publisher, title="Corretto", media=(mended,), correction="Era un altro.")
    publisher.publish(corrected, call(Action.EDIT, published.remote_id))
    assert [one.title for one in blog.posts] == ["Corretto"]
    assert "Correzione: Era un altro." in blog.posts[0].content
    assert [one.alt_text for one in blog.library] == ["Un quadrato rosso"]
    assert publisher.find(corrected, NOW) == published
    assert publisher.find(post(publisher, media=(red, blue)), NOW) is None


def test_an_edit_does_not_bring_back_what_the_site_took_down(
    publisher: WordPress, blog: Blog
) -> None:
    published = publisher.publish(post(publisher), call())
    blog.posts[0].status = "private"
    publisher.publish(post(publisher, title="B"), call(Action.EDIT, published.remote_id))
    assert (blog.posts[0].status, blog.posts[0].title) == ("private", "B")


@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE])
def test_the_post_of_somebody_else_that_has_the_number_now_is_left_alone(
    publisher: WordPress, blog: Blog, action: Action
) -> None:
    published = publisher.publish(post(publisher), call())
    number = int(published.remote_id)  # the site was moved, and numbered anew
    blog.posts[:] = [BlogPost(number, "publish", "altro", "Altro", "<p>Nostro</p>")]
    before = replace(blog.posts[0])

    with pytest.raises(Rejected, match="non è più questo articolo"):
        publisher.publish(post(publisher), call(action, published.remote_id))

    assert blog.posts == [before]


@pytest.mark.parametrize("body", ["[]", "{}", '{"content": []}', '{"content": {"raw": 7}}', "<p>"])
def test_a_post_that_is_not_shown_is_not_changed_yet(
    publisher: WordPress, blog: Blog, sandbox: Sandbox, body: str
) -> None:
    published = publisher.publish(post(publisher), call())
    order(sandbox, "answer", "posts.read", status=200, body=body, headers=JSON)
    with pytest.raises(Unavailable):
        publisher.publish(post(publisher, title="B"), call(Action.EDIT, published.remote_id))
    assert [one.title for one in blog.posts] != ["B"]


@pytest.mark.parametrize("changed", ["slug", "content"])
@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE])
def test_a_post_that_an_editor_of_the_site_changed_is_still_ours(
    publisher: WordPress, blog: Blog, action: Action, changed: str
) -> None:
    published = publisher.publish(post(publisher), call())
    setattr(blog.posts[0], changed, "altro")

    publisher.publish(post(publisher, title="B"), call(action, published.remote_id))

    assert [one.title for one in blog.posts] == (["B"] if action is Action.EDIT else [])


def test_editing_what_is_gone_is_rejected(publisher: WordPress) -> None:
    with pytest.raises(Rejected):
        publisher.publish(post(publisher), call(Action.EDIT, "404"))


def test_a_withdrawn_post_leaves_nothing_not_even_in_the_bin(
    publisher: WordPress, blog: Blog, tmp_path: Path
) -> None:
    other = publisher.publish(
        post(publisher, article_id=2, slug="altro-2", media=(picture(tmp_path, "blue"),)), call()
    )
    sent = post(publisher, media=(picture(tmp_path),))
    published = publisher.publish(sent, call())
    for _ in range(2):  # deleting what is gone is done
        publisher.publish(sent, call(Action.DELETE, published.remote_id))
        assert [str(one.id) for one in blog.posts] == [other.remote_id]
        assert [str(one.post) for one in blog.library] == [other.remote_id]


@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE, Action.REPLY])
def test_an_action_without_a_target_is_rejected(publisher: WordPress, action: Action) -> None:
    with pytest.raises(Rejected):
        publisher.publish(post(publisher), call(action))


@pytest.mark.parametrize("slug", ["..", "", "a/b", "A", "a--b"])
def test_an_address_that_is_none_is_rejected(publisher: WordPress, slug: str) -> None:
    with pytest.raises(Rejected):
        publisher.publish(post(publisher, slug=slug), call())


# ---------------------------------------------------------------- what each answer proves


@pytest.mark.parametrize(
    "answer",
    [
        fails_with(500, '{"code": "internal_server_error", "message": "no", "data": {}}'),
        fails_with(502, "<html>Bad gateway</html>"),
        fails_with(503, "<html>Busy</html>"),
        fails_with(403, "<html>Firewall</html>"),
        fails_with(200, "{}"),
        fails_with(200, "[]"),
        fails_with(200, "not json"),
        fails_with(200, '{"id": 2, "status": "pending", "link": "x"}'),
        fails_with(302, '{"code": "x"}', location="/elsewhere"),
    ],
    ids=str,
)
def test_an_answer_that_proves_nothing_is_unconfirmed(
    publisher: WordPress, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    order(sandbox, "answer", "posts.update", **answer)
    with pytest.raises(Unclear):
        publisher.publish(post(publisher), call())


@pytest.mark.parametrize("mood", ["lost", "created_then_500"])
def test_what_was_lost_on_the_way_is_found(
    publisher: WordPress, blog: Blog, sandbox: Sandbox, mood: Mood
) -> None:
    order(sandbox, mood, "posts.update")
    with pytest.raises(Unclear):
        publisher.publish(post(publisher), call())
    found = publisher.find(post(publisher), NOW)
    assert found is not None
    assert found.remote_id == str(blog.posts[0].id)


def test_what_was_cut_before_it_was_done_is_proved_absent(
    publisher: WordPress, blog: Blog, sandbox: Sandbox
) -> None:
    order(sandbox, "refuse", "posts.update")
    with pytest.raises(Unclear):
        publisher.publish(post(publisher), call())
    assert publisher.find(post(publisher), NOW) is None
    publisher.publish(post(publisher), call())
    assert [one.status for one in blog.posts] == ["publish"]


@pytest.mark.parametrize("operation", ["posts.list", "posts.create", "media.create"])
@pytest.mark.parametrize(
    ("mood", "raised"),
    [
        ("refuse", Unavailable),
        ("lost", Unavailable),
        ("created_then_500", Unavailable),
        ("throttle", Unavailable),
        ("revoked", ChannelDown),
    ],
)
def test_what_fails_before_the_changing_call_proves_that_nothing_went_out(
    publisher: WordPress,
    blog: Blog,
    sandbox: Sandbox,
    tmp_path: Path,
    operation: str,
    mood: Mood,
    raised: type[Exception],
) -> None:
    order(sandbox, mood, operation)
    with pytest.raises(raised):
        publisher.publish(post(publisher, media=(picture(tmp_path),)), call())
    assert public(blog) == []
    publisher.publish(post(publisher, media=(picture(tmp_path),)), call())
    assert len(public(blog)) == len(blog.posts) == len(blog.library) == 1


def test_maintenance_is_waited_for(publisher: WordPress, sandbox: Sandbox) -> None:
    answer = fails_with(503, "<html>Briefly unavailable</html>", **{"Retry-After": "600"})
    order(sandbox, "answer", "posts.update", **answer)
    with pytest.raises(Unavailable) as raised:
        publisher.publish(post(publisher), call())
    assert raised.value.retry_at == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    "lacks", ["edit_posts", "publish_posts", "upload_files", "manage_categories"]
)
def test_a_user_without_a_right_takes_the_channel_down(
    publisher: WordPress, blog: Blog, tmp_path: Path, lacks: str
) -> None:
    blog.able.discard(lacks)
    with pytest.raises(ChannelDown):
        publisher.publish(post(publisher, media=(picture(tmp_path),)), call())
    assert public(blog) == []


def test_an_author_uses_categories_that_are_there(publisher: WordPress, blog: Blog) -> None:
    blog.able.discard("manage_categories")
    blog.categories["notizie"] = (7, "Notizie")
    publisher.publish(post(publisher), call())
    assert blog.posts[0].categories == [7]


def test_a_category_of_that_name_at_another_address_is_used(
    publisher: WordPress, blog: Blog
) -> None:
    blog.categories["le-notizie"] = (7, "Notizie")
    publisher.publish(post(publisher), call())
    assert blog.posts[0].categories == [7]


def test_a_refusal_is_rejected(publisher: WordPress, sandbox: Sandbox) -> None:
    order(sandbox, "answer", "posts.update", **error(400, "rest_invalid_param"))
    with pytest.raises(Rejected):
        publisher.publish(post(publisher), call())


def test_an_address_without_wordpress_takes_the_channel_down(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    there = config(sandbox, url=f"{sandbox.url}/wordpress/wp-json/nowhere")
    publisher = WordPress(there, tmp_path)
    with pytest.raises(ChannelDown):
        publisher.publish(post(publisher), call())


def test_an_address_that_leads_elsewhere_takes_the_channel_down(
    publisher: WordPress, sandbox: Sandbox
) -> None:
    order(sandbox, "answer", "posts.list", **fails_with(301, "", location="https://www.a.example"))
    with pytest.raises(ChannelDown, match="WORDPRESS_URL"):
        publisher.publish(post(publisher), call())


# ---------------------------------------------------------------- reading back, and the keys


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (fails_with(500, "{}"), CannotTell),
        (fails_with(200, "{}"), CannotTell),
        (fails_with(200, '[{"id": 1}]'), CannotTell),
        (error(400, "rest_invalid_param"), CannotTell),
        (fails_with(429, ""), Unavailable),
        (error(401, "incorrect_password"), ChannelDown),
    ],
    ids=str,
)
def test_a_reading_without_proof_says_so(
    publisher: WordPress, sandbox: Sandbox, answer: dict[str, object], raised: type[Exception]
) -> None:
    order(sandbox, "answer", "posts.list", **answer)
    with pytest.raises(raised):
        publisher.find(post(publisher), NOW)


@pytest.mark.parametrize("status", ["private", "draft", "pending"])
def test_what_is_there_for_nobody_to_read_proves_nothing(
    publisher: WordPress, blog: Blog, status: str
) -> None:
    """Neither out, nor absent so that it may be sent again: the site took it down."""
    sent = post(publisher)
    publisher.publish(sent, call())
    blog.posts[0].status = status
    with pytest.raises(CannotTell):
        publisher.find(sent, NOW)


def test_what_was_binned_while_nobody_knew_whether_it_is_out_is_not_sent_again(
    publisher: WordPress, blog: Blog, sandbox: Sandbox
) -> None:
    order(sandbox, "lost", "posts.update")
    with pytest.raises(Unclear):
        publisher.publish(post(publisher), call())
    blog.posts[0].status, blog.posts[0].slug = "trash", "sportello-1__trashed"
    with pytest.raises(CannotTell, match="nessuno lo può leggere"):
        publisher.find(post(publisher), datetime.now(UTC) - timedelta(days=1))


def test_what_was_moved_while_nobody_knew_whether_it_is_out_is_found_where_it_is(
    publisher: WordPress, blog: Blog, sandbox: Sandbox
) -> None:
    order(sandbox, "lost", "posts.update")
    with pytest.raises(Unclear):
        publisher.publish(post(publisher), call())
    blog.posts[0].slug = "altrove"
    found = publisher.find(post(publisher), datetime.now(UTC) - timedelta(days=1))
    assert found is not None
    assert found.permalink.endswith("/altrove/")


def test_a_list_that_does_not_say_how_long_it_is_proves_nothing(
    publisher: WordPress, sandbox: Sandbox
) -> None:
    order(sandbox, "answer", "posts.list", **fails_with(200, "[]"))
    with pytest.raises(CannotTell):
        publisher.find(post(publisher), NOW)


@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE])
def test_pictures_go_only_once_the_post_shows_them_no_more(
    publisher: WordPress, sandbox: Sandbox, blog: Blog, tmp_path: Path, action: Action
) -> None:
    published = publisher.publish(post(publisher, media=(picture(tmp_path),)), call())
    operation = "posts.update" if action is Action.EDIT else "posts.delete"
    order(sandbox, "refuse", operation)
    with pytest.raises(Unclear):
        publisher.publish(post(publisher), call(action, published.remote_id))
    assert len(blog.library) == 1

    publisher.publish(post(publisher), call(action, published.remote_id))
    assert blog.library == []


def test_a_picture_that_cannot_be_tidied_does_not_undo_a_success(
    publisher: WordPress, sandbox: Sandbox, blog: Blog, tmp_path: Path
) -> None:
    published = publisher.publish(post(publisher, media=(picture(tmp_path),)), call())
    order(sandbox, "answer", "media.delete", **fails_with(500))
    again = publisher.publish(post(publisher), call(Action.EDIT, published.remote_id))
    assert again == published
    assert len(blog.library) == 1

    publisher.publish(post(publisher), call(Action.EDIT, published.remote_id))
    assert blog.library == []


def test_a_draft_is_no_proof(publisher: WordPress, sandbox: Sandbox) -> None:
    order(sandbox, "refuse", "categories.list")
    with pytest.raises(Unavailable):
        publisher.publish(post(publisher), call())
    assert publisher.find(post(publisher), NOW) is None


def test_the_doctor_sees_a_good_password(publisher: WordPress) -> None:
    (finding,) = publisher.check()
    assert finding.well
    assert "che può publish_posts, upload_files" in finding.what


def test_the_doctor_says_what_to_mend(sandbox: Sandbox, blog: Blog, tmp_path: Path) -> None:
    for changes in ({"password": "another"}, {"user": "nobody"}, {"password": ""}):
        (finding,) = WordPress(config(sandbox, **changes), tmp_path).check()
        assert not finding.well
        assert "WORDPRESS_PASSWORD" in finding.mend
    blog.able.discard("publish_posts")
    (finding,) = WordPress(config(sandbox), tmp_path).check()
    assert not finding.well
    assert "publish_posts" in finding.what


def test_without_keys_it_is_not_configured(tmp_path: Path) -> None:
    assert not WordPress(WordPress.Config(), tmp_path).configured


@pytest.mark.parametrize("url", ["http://blog.example", "blog.example", "ftp://blog.example"])
def test_the_password_is_carried_by_https_alone(url: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        WordPress.Config(url=url)


@pytest.mark.parametrize(
    "trouble",
    [("lost", "posts.update"), ("revoked", "posts.update"), ("created_then_500", "media.create")],
)
def test_no_secret_is_raised_or_logged(
    publisher: WordPress,
    blog: Blog,
    sandbox: Sandbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    trouble: tuple[Mood, str],
) -> None:
    caplog.set_level(logging.DEBUG)
    order(sandbox, *trouble)
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever comes, it is its text that counts
        publisher.publish(post(publisher, media=(picture(tmp_path),)), call())
    logged = [r.getMessage() for r in caplog.records]
    told = "".join(logged) + "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert blog.password not in told
    assert raised.value.__context__ is None
