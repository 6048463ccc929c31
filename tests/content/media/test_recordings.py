from pathlib import Path
from typing import Any

import av
import pytest

from content.media import Medium, MediumKind, MediumRefused, Refusal, keep, keep_file, soundtrack
from tests import files

TOLD = (b"Ada Rossi", b"+45.4642", b"Sindaco")


def streams(path: Path) -> list[str]:
    with av.open(str(path)) as opened:
        return [f"{one.type}:{one.codec_context.codec.canonical_name}" for one in opened.streams]


@pytest.mark.parametrize(
    ("container", "codec", "sound", "mime"),
    [
        ("mp4", "libx264", "aac", "video/mp4"),
        ("mov", "libx264", "aac", "video/mp4"),
        ("webm", "libvpx", "libopus", "video/webm"),
    ],
)
def test_a_film_says_no_more_where_or_by_whom_it_was_taken(
    tmp_path: Path, container: str, codec: str, sound: str, mime: str
) -> None:
    sent = files.film(container=container, codec=codec, sound=sound)
    assert any(word in sent for word in TOLD)

    kept = keep(tmp_path, sent)

    data = kept.read(tmp_path)
    assert not [word for word in TOLD if word in data]
    assert (kept.mime, kept.kind) == (mime, MediumKind.VIDEO)
    assert (kept.width, kept.height) == (160, 90)
    assert kept.seconds == pytest.approx(2, abs=0.1)
    assert kept.size == len(data)
    assert len(streams(tmp_path / kept.file_name)) == 2


def test_a_film_has_a_poster(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.film(colour="red"))

    poster = files.seen(tmp_path / str(kept.poster_name))
    bands: Any = poster.convert("RGB").getextrema()
    (least_red, _), (_, most_green), (_, most_blue) = bands
    assert poster.size == (160, 90)
    assert least_red > 200
    assert max(most_green, most_blue) < 60


def test_a_film_taken_upright_is_shown_upright(tmp_path: Path) -> None:
    kept = keep(tmp_path, files.turned(files.film()))

    assert (kept.width, kept.height) == (90, 160)
    assert files.seen(tmp_path / str(kept.poster_name)).size == (90, 160)
    with av.open(str(tmp_path / kept.file_name)) as opened:
        assert abs(next(opened.decode(video=0)).rotation) == 90


@pytest.mark.parametrize(
    ("container", "codec", "mime"),
    [
        ("ogg", "libopus", "audio/ogg"),
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("ipod", "aac", "audio/mp4"),
        ("flac", "flac", "audio/flac"),
        ("wav", "pcm_s16le", "audio/wav"),
    ],
)
def test_a_recording_says_no_more_who_made_it(
    tmp_path: Path, container: str, codec: str, mime: str
) -> None:
    sent = files.voice(container=container, codec=codec)
    assert TOLD[0] in sent

    kept = keep(tmp_path, sent)

    assert (kept.mime, kept.kind) == (mime, MediumKind.AUDIO)
    assert not [word for word in TOLD if word in kept.read(tmp_path)]
    assert kept.seconds == pytest.approx(2, abs=0.1)
    assert kept.poster is None


def test_the_same_film_is_kept_once(tmp_path: Path) -> None:
    assert keep(tmp_path, files.film()) == keep(tmp_path, files.film(container="mov"))


def test_a_film_may_be_kept_from_a_file_however_large(tmp_path: Path) -> None:
    source = tmp_path / "incoming"
    source.write_bytes(files.film())

    kept = keep_file(tmp_path / "media", source, "intervista.mp4")

    assert kept.kind is MediumKind.VIDEO
    assert source.exists()


def test_the_sound_of_a_film_can_be_had_alone(tmp_path: Path) -> None:
    sound = soundtrack(tmp_path, keep(tmp_path, files.film()))

    assert sound is not None
    data, name = sound
    (tmp_path / name).write_bytes(data)
    assert streams(tmp_path / name) == ["audio:aac"]
    assert soundtrack(tmp_path, keep(tmp_path, files.film(sound=None))) is None


def cut(film: bytes) -> bytes:
    return film[: len(film) // 2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (cut(files.film()), Refusal.BROKEN),
        (cut(files.film(20, container="webm", codec="libvpx", sound=None)), Refusal.BROKEN),
        (files.film()[:40] + bytes(500), Refusal.BROKEN),
        (files.film(container="avi", codec="mpeg4", sound="libmp3lame"), Refusal.OLD_RECORDING),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", Refusal.UNKNOWN),
    ],
    ids=["cut", "cut webm", "garbled", "old", "playlist"],
)
def test_a_recording_that_cannot_be_played_is_refused(
    tmp_path: Path, data: bytes, code: Refusal
) -> None:
    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, data, "film.mp4")

    assert refused.value.code is code
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_before_films_is_read_and_written_as_it_was() -> None:
    before = '{"sha256":"%s","mime":"image/jpeg","width":10,"height":20,"alt":"Una piazza"}' % (
        "0" * 64
    )

    medium = Medium.model_validate_json(before)

    assert medium.kind is MediumKind.PICTURE
    assert medium.model_dump_json() == before
    assert medium.model_dump_json(exclude={"alt"}) == before.replace(',"alt":"Una piazza"', "")
