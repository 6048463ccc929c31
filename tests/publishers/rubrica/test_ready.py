"""What takes a while is made when a piece is approved, not while its page is awaited."""

from pathlib import Path

import pytest

from content.media import Medium
from publishers.base import Rejected
from publishers.rubrica import pictures, share
from tests.publishers.rubrica.newsroom import column, files, photograph, piece, publish


@pytest.fixture
def media(tmp_path: Path) -> tuple[Medium, ...]:
    return photograph(tmp_path, alt="L’orto"), photograph(tmp_path, "navy", width=1500)


def refuse(*_: object) -> bytes:
    raise AssertionError("it was to be ready")


def test_publishing_makes_nothing_that_is_ready(
    tmp_path: Path, media: tuple[Medium, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, told = column(tmp_path / "plain"), piece(media=media)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/media").symlink_to(tmp_path / "media")
    publish(plain, told)
    rubrica = column(tmp_path)

    rubrica.make_ready([rubrica.render(told)])
    assert not rubrica.site.exists()
    monkeypatch.setattr(share, "draw", refuse)
    monkeypatch.setattr(pictures, "_smaller", refuse)
    publish(rubrica, told)

    assert files(rubrica.site) == files(plain.site)
    assert files(tmp_path / "site-index/ready") == {}


def test_what_is_no_longer_planned_is_let_go(tmp_path: Path, media: tuple[Medium, ...]) -> None:
    rubrica = column(tmp_path)
    first, second = (rubrica.render(piece(n, media=(media[n - 1],))) for n in (1, 2))
    ready = tmp_path / "site-index/ready"
    rubrica.make_ready([first, second])
    both = files(ready)
    (ready / "media/half.jpg.part").write_bytes(b"what a crash left")

    rubrica.make_ready([second])

    kept = files(ready)
    assert 0 < len(kept) < len(both)
    assert not any(media[0].sha256 in name for name in kept)
    assert not list(ready.rglob("*.part"))
    rubrica.make_ready([])
    assert files(ready) == {}


def test_what_is_out_already_is_not_made_again(
    tmp_path: Path, media: tuple[Medium, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    rubrica, told = column(tmp_path), piece(media=media)
    publish(rubrica, told)
    monkeypatch.setattr(share, "draw", refuse)
    monkeypatch.setattr(pictures, "_smaller", refuse)

    rubrica.make_ready([rubrica.render(told)])

    assert files(tmp_path / "site-index/ready") == {}


def test_a_lost_picture_is_told_when_the_piece_is_published(
    tmp_path: Path, media: tuple[Medium, ...]
) -> None:
    rubrica, told = column(tmp_path), piece(media=media)
    (tmp_path / "media" / media[1].file_name).unlink()
    rubrica.make_ready([rubrica.render(told)])
    with pytest.raises(Rejected, match="fotografia"):
        publish(rubrica, told)
