"""Captions: WebVTT with nothing in it but times and words (https://www.w3.org/TR/webvtt1/)."""

import re
from typing import Final

from content.cleaning import readable
from content.media.medium import MediumRefused, Refusal

MAX_BYTES: Final = 1024 * 1024
_TIME: Final = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_CUE: Final = re.compile(rf"^({_TIME})[ \t]+-->[ \t]+({_TIME})(?:[ \t].*)?$")
_TAG: Final = re.compile(r"<[^>]*>")


def cues(data: bytes) -> list[tuple[str, str, str]]:
    """Return begin, end and words of each caption; raises MediumRefused."""
    if len(data) > MAX_BYTES:
        raise MediumRefused(Refusal.TOO_BIG)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise MediumRefused(Refusal.NOT_CAPTIONS) from None
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        raise MediumRefused(Refusal.NOT_CAPTIONS)
    found = [cue for block in re.split(r"\n{2,}", text) if (cue := _cue(block.splitlines()))]
    if not found:
        raise MediumRefused(Refusal.NOT_CAPTIONS)
    return found


def written(captions: list[tuple[str, str, str]]) -> bytes:
    """Return captions as a WebVTT file."""
    blocks = [f"{begin} --> {end}\n{_escaped(words)}" for begin, end, words in captions]
    return ("WEBVTT\n\n" + "\n\n".join(blocks) + "\n").encode()


def spoken(captions: list[tuple[str, str, str]]) -> str:
    """Return what is said, without times."""
    return " ".join(" ".join(words.split()) for _, _, words in captions)


def _cue(lines: list[str]) -> tuple[str, str, str] | None:
    for number, line in enumerate(lines[:2]):  # a name may come before the times
        times = _CUE.match(line.strip())
        if times:
            words = readable(_plain("\n".join(lines[number + 1 :]))).strip()
            return (times[1], times[2], words) if words else None
    return None


def _plain(words: str) -> str:
    bare = _TAG.sub("", words)
    return (
        bare.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
    )


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
