"""The WordPress adapter on Debian's WordPress; and the stand-in, which must do the same."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bottega.sandbox.server import Sandbox, running
from content.media import Medium, keep
from content.posts import Piece, Section
from content.submissions import Kind
from publishers.base import Action, Call, CannotTell, ChannelDown, Rejected
from publishers.wordpress import WordPress
from tests import wordpress
from tests.publishers.stage import film
from tests.requirements import need

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TYPED = (
    "Uno **due** [gallery] & <b>x</b>\nl'orto \\ «sì» 🏔️ مرحبا\n\n"
    "https://www.youtube.com/watch?v=1\n\n```\nhttps://www.youtube.com/watch?v=1\n```\n\n"
    "- a\n- b\n\n> detto\n\n## Titolo\n\n<!-- wp:html --> [caption]x[/caption] a -- b"
)


@dataclass
class Place:
    """A WordPress, and how one of its users asks it what it holds."""

    url: str
    user: str
    password: str

    def ask(self, path: str, **asked: Any) -> Any:
        answer = self.tell("GET", path, **asked)
        return answer.raise_for_status().json()

    def tell(self, method: str, path: str, **asked: Any) -> httpx.Response:
        return httpx.request(
            method, f"{self.url}/wp-json/wp/v2/{path}", params=asked,
            auth=(self.user, self.password),
        )  # fmt: skip

    def publisher(self, root: Path) -> WordPress:
        keys: Mapping[str, object] = {
            "url": self.url, "user": self.user, "password": self.password, "featured": True,
        }  # fmt: skip
        return WordPress(WordPress.Config.model_validate(keys), root)


@pytest.fixture(scope="module")
def real() -> Iterator[wordpress.Installed]:
    need(wordpress.is_there(), f"Debian's WordPress (apt-get install {wordpress.PACKAGES})")
    with wordpress.serving() as installed:
        yield installed


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture(params=["the stand-in", "the real one"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "the stand-in":
        return Place(**request.getfixturevalue("stand_in").keys()["wordpress"])
    installed = request.getfixturevalue("real")
    return Place(installed.url, "editor", installed.passwords["editor"])


def piece(number: int, **changes: Any) -> Piece:
    told: dict[str, Any] = {
        "article_id": number,
        "version": 1,
        "receipt": "A-1",
        "kind": Kind.INITIATIVE,
        "section": Section.NEWS,
        "slug": f"un-orto-{number}",
        "title": '</script><script>alert(1)</script> «Orto» & "due" \\ l\'ora 🏔️',
        "lead": "A Tirano il cortile della scuola è diventato un orto.",
        "text": TYPED,
        "organisation": "Comune di Tirano",
        "url": f"https://www.laboratori.example/notizie/un-orto-{number}/",
    }
    return Piece.model_validate(told | changes)


def picture(root: Path, width: int, alt: str = "") -> Medium:
    out = BytesIO()
    Image.new("RGB", (width, 300), "olive").save(out, "PNG")
    return keep(root, out.getvalue()).model_copy(update={"alt": alt})


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def test_created_twice_corrected_withdrawn(place: Place, tmp_path: Path) -> None:
    publisher = place.publisher(tmp_path)
    media = (picture(tmp_path, 400, "L'orto «visto» dall'alto"), picture(tmp_path, 3000))
    sent = publisher.render(piece(1, media=media, credit="Studio & figli"))

    first, second = publisher.publish(sent, call()), publisher.publish(sent, call())

    assert first == second == publisher.find(sent, NOW)
    (found,) = place.ask("posts", slug="un-orto-1", status="any", context="edit")
    uploads = place.ask("media", parent=first.remote_id, context="edit")
    assert (found["status"], len(uploads)) == ("publish", 2)
    assert {one["alt_text"] for one in uploads} == {"L'orto «visto» dall'alto", ""}
    assert found["featured_media"] in {one["id"] for one in uploads}
    assert [one["slug"] for one in place.ask("categories", slug="notizie")] == ["notizie"]
    assert httpx.get(first.permalink).status_code == 200

    corrected = publisher.render(piece(1, title="Corretto", media=media[:1]))
    assert publisher.publish(corrected, call(Action.EDIT, first.remote_id)) == first
    assert publisher.find(sent, NOW) is None
    assert publisher.find(corrected, NOW) == first
    assert len(place.ask("media", parent=first.remote_id)) == 1

    for _ in range(2):
        publisher.publish(corrected, call(Action.DELETE, first.remote_id))
    assert publisher.find(corrected, NOW) is None
    assert place.ask("posts", slug="un-orto-1", status="any", context="edit") == []
    assert place.ask("media", parent=first.remote_id) == []
    assert httpx.get(first.permalink).status_code == 404


def test_a_film_is_kept_with_its_poster_and_its_captions(place: Place, tmp_path: Path) -> None:
    publisher = place.publisher(tmp_path)
    sent = publisher.render(piece(12, media=(film(tmp_path),)))

    first = publisher.publish(sent, call())

    uploads = place.ask("media", parent=first.remote_id, context="edit")
    kinds = {one["mime_type"]: one["source_url"] for one in uploads}
    assert set(kinds) == {"video/mp4", "image/jpeg", "text/vtt"}
    page = place.ask(f"posts/{first.remote_id}")["content"]["rendered"]
    for address in kinds.values():
        assert f'="{address}"' in page
        assert httpx.get(address).status_code == 200
    shown = re.search(r"<video[^>]*>(.*?)</video>", page, re.DOTALL)
    assert shown is not None
    assert "<track" in shown[1]

    publisher.publish(sent, call(Action.DELETE, first.remote_id))
    assert place.ask("media", parent=first.remote_id) == []


@pytest.mark.parametrize("role", ["editor", "author"])
def test_what_was_approved_is_what_is_kept(
    real: wordpress.Installed, tmp_path: Path, role: str
) -> None:
    """An author's HTML is filtered by WordPress, an editor's is not: neither loses anything."""
    editor = Place(real.url, "editor", real.passwords["editor"]).publisher(tmp_path)
    editor.publish(editor.render(piece(2)), call())  # an author cannot make a category
    place = Place(real.url, role, real.passwords[role])
    publisher = place.publisher(tmp_path)
    number = {"editor": 3, "author": 4}[role]
    sent = publisher.render(piece(number, media=(picture(tmp_path, 400, 'Un "orto"'),)))

    published = publisher.publish(sent, call())

    kept = place.ask(f"posts/{published.remote_id}", context="edit")
    content = kept["content"]["raw"].replace(f"<!-- bottega {number} {sent.sha256} -->", "")
    content = re.sub(r'src="http[^"]*" class="wp-image-\d+"', 'src="KEPT"', content)
    approved = re.sub(r'src="/media/[^"]*"', 'src="KEPT"', sent.html)
    assert html.unescape(content.replace("<br />", "<br>")) == html.unescape(approved)


def test_nothing_that_people_typed_is_acted_upon(place: Place, tmp_path: Path) -> None:
    publisher = place.publisher(tmp_path)
    published = publisher.publish(publisher.render(piece(5)), call())

    shown = place.ask(f"posts/{published.remote_id}")

    for said in (shown["title"]["rendered"], shown["content"]["rendered"]):
        assert "<script" not in said
        assert "<iframe" not in said
        assert "<b>" not in said
    assert "&#91;gallery&#93;" in shown["content"]["rendered"]


def test_an_address_of_somebody_else_is_left_alone(place: Place, tmp_path: Path) -> None:
    theirs = place.tell("POST", "posts", slug="un-orto-6", title="Altro", status="publish")
    publisher = place.publisher(tmp_path)

    with pytest.raises(Rejected, match="già un altro articolo"):
        publisher.publish(publisher.render(piece(6)), call())

    (found,) = place.ask("posts", slug="un-orto-6", status="any", context="edit")
    assert (found["id"], found["title"]["raw"]) == (theirs.json()["id"], "Altro")


def test_an_address_that_is_taken_becomes_another_and_the_bin_keeps_what_is_not_forced(
    place: Place,
) -> None:
    """What the adapter has to reckon with."""
    first, second = (
        place.tell("POST", "posts", slug="preso", title="T", status="publish").json()
        for _ in range(2)
    )
    assert [first["slug"], second["slug"]] == ["preso", "preso-2"]
    place.tell("DELETE", f"posts/{first['id']}")
    assert place.ask(f"posts/{first['id']}", context="edit")["status"] == "trash"
    assert place.ask("posts", slug="preso", status="any", context="edit") == []


@pytest.mark.parametrize("user", ["editor", "author"])
def test_a_post_that_somebody_gave_another_address_is_found(
    request: pytest.FixtureRequest, tmp_path: Path, user: str
) -> None:
    real = request.getfixturevalue("real")
    place = Place(real.url, user, real.passwords[user])
    number = 20 if user == "editor" else 21
    publisher, since = place.publisher(tmp_path), datetime.now(UTC) - timedelta(days=1)
    sent = publisher.render(piece(number))
    published = publisher.publish(sent, call())
    place.tell("POST", f"posts/{published.remote_id}", slug=f"orto-nuovo-{number}")

    found = publisher.find(sent, since)

    assert found is not None
    assert found.remote_id == published.remote_id
    assert found.permalink.endswith(f"/orto-nuovo-{number}/")


def test_a_post_in_the_bin_is_neither_out_nor_absent(place: Place, tmp_path: Path) -> None:
    """Who binned it may have meant it: sent again, it would be there twice."""
    publisher, since = place.publisher(tmp_path), datetime.now(UTC) - timedelta(days=1)
    sent = publisher.render(piece(22))
    published = publisher.publish(sent, call())
    place.tell("DELETE", f"posts/{published.remote_id}")

    with pytest.raises(CannotTell, match="nessuno lo può leggere"):
        publisher.find(sent, since)


def test_a_post_is_found_behind_more_than_one_page_of_others(place: Place, tmp_path: Path) -> None:
    publisher, since = place.publisher(tmp_path), datetime.now(UTC) - timedelta(days=1)
    sent = publisher.render(piece(23))
    published = publisher.publish(sent, call())
    place.tell("POST", f"posts/{published.remote_id}", slug="dietro-a-tanti")
    for number in range(55):
        place.tell("POST", "posts", title=f"Bozza {number}", status="draft")

    found = publisher.find(sent, since)

    assert found is not None
    assert found.remote_id == published.remote_id


def test_editing_what_is_gone_is_rejected(place: Place, tmp_path: Path) -> None:
    publisher = place.publisher(tmp_path)
    with pytest.raises(Rejected):
        publisher.publish(publisher.render(piece(7)), call(Action.EDIT, "999"))


def test_a_wrong_password_takes_the_channel_down(place: Place, tmp_path: Path) -> None:
    place.password = "another"
    publisher = place.publisher(tmp_path)
    (finding,) = publisher.check()
    assert not finding.well
    with pytest.raises(ChannelDown):
        publisher.publish(publisher.render(piece(8)), call())


def test_who_may_not_publish_is_found_out_before_anything_is_seen(
    real: wordpress.Installed, tmp_path: Path
) -> None:
    place = Place(real.url, "contributor", real.passwords["contributor"])
    publisher = place.publisher(tmp_path)
    (finding,) = publisher.check()
    assert not finding.well
    assert "publish_posts" in finding.what
    with pytest.raises(ChannelDown):
        publisher.publish(publisher.render(piece(9)), call())
    assert place.ask("posts", slug="un-orto-9") == []


def test_the_doctor_sees_a_good_user(place: Place, tmp_path: Path) -> None:
    (finding,) = place.publisher(tmp_path).check()
    assert finding.well
