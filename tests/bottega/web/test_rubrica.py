"""The web column as a reader's browser meets it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bottega.web.app import build
from content.posts import Section
from publishers.rubrica import Rubrica
from tests.publishers.rubrica.newsroom import column, photograph, piece, publish, retract

ORTO = "/notizie/un-orto-per-tutti-1/"
STATE: dict[str, object] = {"ok": True, "queue": 0}


async def well() -> Mapping[str, object]:
    return STATE


async def counts() -> bytes:
    return b"bottega_untold 0\n"


async def unwell() -> Mapping[str, object]:
    return {"ok": False}


@pytest.fixture(autouse=True)
def _nothing_follows_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rubrica, "rest", 3600.0)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    rubrica = column(tmp_path)
    rubrica.prepare()
    publish(rubrica, piece(1, media=(photograph(tmp_path),)))
    with TestClient(build(site=rubrica.site, health=well, metrics=counts)) as client:
        yield client


def test_an_article_is_served_with_what_guards_it(browser: TestClient) -> None:
    answer = browser.get(ORTO)
    assert answer.status_code == 200
    assert "Un orto per tutti" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_a_page_that_has_not_changed_is_not_sent_again(browser: TestClient) -> None:
    tag = browser.get(ORTO).headers["etag"]
    again = browser.get(ORTO, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_pictures_and_typefaces_may_be_kept_for_good(browser: TestClient, tmp_path: Path) -> None:
    font = next((tmp_path / "site/static/fonts").glob("*.woff2")).name
    picture = next((tmp_path / "site/media").iterdir()).name
    for path in (f"/static/fonts/{font}", f"/media/{picture}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert "content-encoding" not in answer.headers
    style = next((tmp_path / "site/static").glob("rubrica-*.css")).name
    answer = browser.get(f"/static/{style}")
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]


def test_an_address_without_its_slash_is_put_right_on_the_same_host(browser: TestClient) -> None:
    for address in (ORTO.rstrip("/"), f"/.//evil.example/%2e%2e{ORTO.rstrip('/')}"):
        answer = browser.get(address, headers={"host": "evil.example"}, follow_redirects=False)
        assert answer.status_code == 307
        assert answer.headers["location"] == ORTO


@pytest.mark.parametrize(
    "path",
    ["/nulla/", "/notizie/nulla", "/../pyproject.toml", "/%2e%2e/x", "/a%00b", "/" + "a" * 300],
)  # fmt: skip
def test_a_page_that_is_not_there_is_missed_kindly(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Questa pagina non c’è" in answer.text
    assert "content-security-policy" in answer.headers


def test_a_retracted_article_is_gone_and_says_so(browser: TestClient, tmp_path: Path) -> None:
    retract(column(tmp_path), piece(1))
    answer = browser.get(ORTO)
    assert answer.status_code == 410
    assert "ritirato dalla redazione" in answer.text


def test_a_retraction_is_seen_through_a_kept_copy(browser: TestClient, tmp_path: Path) -> None:
    tag = browser.get(ORTO).headers["etag"]
    retract(column(tmp_path), piece(1))
    assert browser.get(ORTO, headers={"if-none-match": tag}).status_code == 410
    assert browser.get(f"{ORTO}?utm_source=x").status_code == 410


def test_the_feed_is_served_as_atom(browser: TestClient) -> None:
    assert browser.get("/feed.xml").headers["content-type"] == "application/atom+xml; charset=utf-8"
    told = browser.get("/notizie/feed.json").headers["content-type"]
    assert told == "application/feed+json; charset=utf-8"


def test_a_moved_article_is_found_at_its_new_address(browser: TestClient, tmp_path: Path) -> None:
    publish(column(tmp_path), piece(1, section=Section.ARTICLES), days=1)
    answer = browser.get(ORTO, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        301, "/articoli/un-orto-per-tutti-1/",
    )  # fmt: skip
    publish(column(tmp_path), piece(1), days=2)
    assert browser.get(ORTO).status_code == 200


def test_the_marks_for_the_server_are_nobodys_business(browser: TestClient, tmp_path: Path) -> None:
    retract(column(tmp_path), piece(1))
    assert browser.get(f"{ORTO}ritirato").status_code == 404


def test_a_compressed_copy_is_sent_to_who_reads_it(browser: TestClient, tmp_path: Path) -> None:
    told = browser.get(ORTO, headers={"accept-encoding": "identity"}).text
    rubrica = column(tmp_path)
    rubrica.prepare()
    rubrica.finish()

    for coding in ("br", "gzip"):
        answer = browser.get(ORTO, headers={"accept-encoding": coding})
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "accept-encoding" in answer.headers["vary"]
        assert answer.text == told
        again = {"accept-encoding": coding, "if-none-match": answer.headers["etag"]}
        assert browser.get(ORTO, headers=again).status_code == 304
    assert browser.get(ORTO, headers={"accept-encoding": "identity"}).text == told
    publish(column(tmp_path), piece(1, title="Corretto"), days=1)
    assert "Corretto" in browser.get(ORTO, headers={"accept-encoding": "br"}).text


def test_only_reading_is_allowed(browser: TestClient) -> None:
    assert browser.post("/").status_code == 405
    assert browser.head(ORTO).status_code == 200


def test_health_is_told_as_it_is(browser: TestClient, tmp_path: Path) -> None:
    assert browser.get("/health").json() == STATE
    with TestClient(build(site=tmp_path, health=unwell, metrics=counts)) as other:
        assert other.get("/health").status_code == 503


def test_prometheus_reads_the_metrics(browser: TestClient) -> None:
    answer = browser.get("/metrics")
    assert answer.text == "bottega_untold 0\n"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_other_rooms_come_before_the_column(tmp_path: Path) -> None:
    console = Route("/console", lambda _: PlainTextResponse("console"))
    with TestClient(build(site=tmp_path, health=well, metrics=counts, routes=[console])) as client:
        assert client.get("/console").text == "console"
