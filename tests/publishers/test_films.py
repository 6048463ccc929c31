"""Films: which a channel takes, and the form that carries one without holding it in memory."""

from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from content.media import Medium
from publishers.base import Rejected
from publishers.films import FilmForm, FilmLimits, poster_of, shown
from tests.publishers.stage import film, picture, piece

LIMITS = FilmLimits(
    frozenset({"video/mp4"}), size=1000, longest=60, shortest=0.5, pixels=1920 * 1080
)


def told(**changes: object) -> Medium:
    well = {"sha256": "1" * 64, "mime": "video/mp4", "size": 1000, "seconds": 60.0}
    return Medium.model_validate(well | {"width": 1920, "height": 1080} | changes)


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, True),
        ({"size": 1001}, False),
        ({"size": 0}, False),
        ({"size": None}, False),
        ({"seconds": 60.1}, False),
        ({"seconds": 0.4}, False),
        ({"seconds": None}, False),
        ({"height": 1081}, False),
        ({"mime": "video/webm"}, False),
    ],
    ids=str,
)
def test_a_film_is_taken_within_every_limit(changes: dict[str, object], taken: bool) -> None:
    assert LIMITS.take(told(**changes)) is taken


def test_the_first_film_that_is_taken_stands_in_the_place_of_pictures(tmp_path: Path) -> None:
    one, long, short = picture(tmp_path, 1), told(seconds=900.0), told()

    assert shown(piece("Apre", [one, long, short]), LIMITS, 4) == (short,)
    assert shown(piece("Apre", [one, long]), LIMITS, 4) == (one,)


def test_a_form_says_its_length_and_carries_every_byte(tmp_path: Path) -> None:
    kept = film(tmp_path)
    form = FilmForm(
        kept,
        tmp_path,
        "file",
        description="Il sindaco è qui",
        poster=("p.jpg", b"\xff\0", "image/jpeg"),
    )

    body = b"".join(form)
    mail = BytesParser().parsebytes(f"Content-Type: {form.kind}\r\n\r\n".encode() + body)

    assert len(form) == len(body)
    payload: Any = mail.get_payload()
    sent = {part.get_param("name", header="content-disposition"): part for part in payload}
    assert sent["description"].get_payload(decode=True).decode() == "Il sindaco è qui"
    assert sent["poster"].get_payload(decode=True) == b"\xff\0"
    assert sent["file"].get_payload(decode=True) == kept.read(tmp_path)
    assert sent["file"].get_content_type() == "video/mp4"


def test_a_form_never_holds_the_film_whole(tmp_path: Path) -> None:
    large = told(size=None)
    (tmp_path / large.file_name).write_bytes(b"x" * 5_000_000)

    pieces = [len(one) for one in FilmForm(large, tmp_path, "file")]

    assert sum(pieces) > 5_000_000
    assert max(pieces) <= 1024 * 1024


def test_what_is_lost_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="disco"):
        FilmForm(told(), tmp_path, "file")
    with pytest.raises(Rejected, match="disco"):
        poster_of(told(poster="2" * 64), tmp_path)
    assert poster_of(told(), tmp_path) is None
