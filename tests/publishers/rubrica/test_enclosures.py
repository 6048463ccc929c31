"""Films, sounds and documents on the pages of the column."""

from pathlib import Path

import feedparser

from content.media import Medium, keep, keep_captions
from tests import files as samples
from tests.nu import complaints
from tests.publishers.rubrica.newsroom import (
    column,
    files,
    page,
    photograph,
    piece,
    publish,
    retract,
    visible,
)

PATH = "notizie/un-orto-per-tutti-1"


def film(folder: Path, *, captions: bool = True) -> Medium:
    kept = keep(folder / "media", samples.film())
    told: dict[str, str] = {"alt": "La sindaca davanti all’orto"}
    if captions:
        sha256, words = keep_captions(folder / "media", samples.captions("Buongiorno a tutti."))
        told |= {"captions": sha256, "transcript": words}
    return kept.model_copy(update=told)


def document(folder: Path) -> Medium:
    return keep(folder / "media", samples.pdf(3), "Delibera <12>.pdf")


def everything(folder: Path) -> tuple[Medium, ...]:
    sound = keep(folder / "media", samples.voice())
    return photograph(folder), film(folder), sound, document(folder)


def test_a_film_is_shown_with_its_captions_and_its_words(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    one = film(tmp_path)
    publish(rubrica, piece(media=(one,)))

    told, kept = page(rubrica, PATH), files(rubrica.site)
    names = [name for name in kept if name.startswith(f"media/{one.sha256}")]
    assert sorted(Path(name).suffix for name in names) == [".jpg", ".mp4", ".vtt"]
    assert all(f"/{name}" in told for name in names)
    assert 'kind="captions"' in told
    assert 'width="160" height="90"' in told
    assert "Buongiorno a tutti." in told
    assert "autoplay" not in told


def test_a_document_is_offered_by_name_and_size(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(media=(document(tmp_path),)))

    told = page(rubrica, PATH)
    assert "Delibera 12.pdf PDF, 3 pagine, 1 kB" in visible(told)
    assert " download>" in told


def test_pages_with_everything_are_valid_and_only_pictures_stand_for_them(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    media = everything(tmp_path)
    publish(rubrica, piece(media=media))
    publish(rubrica, piece(2, media=media[1:]))

    assert f"{media[0].sha256}-480" in (rubrica.site / "index.html").read_text()
    assert media[1].sha256 not in (rubrica.site / "index.html").read_text()
    assert complaints(rubrica.site.rglob("*.html")) == []


def test_the_feed_leads_to_the_files_from_anywhere(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(media=everything(tmp_path)))

    feed = feedparser.parse((rubrica.site / "feed.xml").read_bytes())
    (told,) = [one.content[0].value for one in feed.entries]
    assert 'src="/' not in told
    assert 'href="/' not in told


def test_what_is_shown_no_more_leaves_the_site_whole(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    media = everything(tmp_path)
    publish(rubrica, piece(media=media))

    publish(rubrica, piece(version=2, media=media[:1]), days=1)

    left = {Path(name).name for name in files(rubrica.site) if name.startswith("media/")}
    assert {name[:64] for name in left if not name.endswith("-share.png")} == {media[0].sha256}
    retract(rubrica, piece(version=2, media=media[:1]), days=2)
    assert not [name for name in files(rubrica.site) if name.startswith("media/")]


def test_a_corrected_caption_replaces_the_one_before(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    before = film(tmp_path)
    publish(rubrica, piece(media=(before,)))
    sha256, words = keep_captions(tmp_path / "media", samples.captions("Buonasera."))
    after = before.model_copy(update={"captions": sha256, "transcript": words})

    publish(rubrica, piece(version=2, media=(after,)), days=1)

    (vtt,) = [data for name, data in files(rubrica.site).items() if name.endswith(".vtt")]
    assert b"Buonasera." in vtt
    assert "Buonasera." in page(rubrica, PATH)
