from pathlib import Path

import pytest

from content.media import MediumRefused, Refusal, keep, keep_captions
from tests import files

RICH = """WEBVTT - Intervista

STYLE
::cue { background: url(https://rubato.example) }

NOTE scritto da Ada Rossi

prima
00:00.000 --> 00:02.500 line:0 position:20%
<v Ada><b>Buongiorno</b> a tutti &amp; grazie

01:00:02.500 --> 01:00:04.000
<script>alert(1)</script> Fine
"""


def test_captions_are_kept_as_times_and_words_alone(tmp_path: Path) -> None:
    sha256, spoken = keep_captions(tmp_path, RICH.replace("\n", "\r\n").encode("utf-8-sig"))

    assert (tmp_path / f"{sha256}.vtt").read_text("utf-8") == (
        "WEBVTT\n\n00:00.000 --> 00:02.500\nBuongiorno a tutti &amp; grazie\n\n"
        "01:00:02.500 --> 01:00:04.000\nalert(1) Fine\n"
    )
    assert spoken == "Buongiorno a tutti & grazie alert(1) Fine"


@pytest.mark.parametrize(
    "data",
    [b"1\n00:00:01,000 --> 00:00:02,000\nCiao", b"WEBVTT\n", b"WEBVTT\n\n\xff\xfe", b"WEBVTTX\n\n"],
    ids=["srt", "empty", "not text", "not it"],
)
def test_what_are_no_captions_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(MediumRefused) as refused:
        keep_captions(tmp_path, data)

    assert refused.value.code is Refusal.NOT_CAPTIONS


def test_captions_are_no_document(tmp_path: Path) -> None:
    with pytest.raises(MediumRefused) as refused:
        keep(tmp_path, files.captions("Ciao"), "sottotitoli.vtt")

    assert refused.value.code is Refusal.NOT_CAPTIONS
