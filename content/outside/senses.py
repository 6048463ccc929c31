"""Recordings and pictures given to a model behind any OpenAI-compatible address."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from content.cleaning import readable
from content.media.captions import cues, spoken, written
from content.media.medium import MediumRefused
from content.senses import Transcript

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_log = structlog.get_logger()
MAX_RECORDING: Final = 25_000_000
"""https://platform.openai.com/docs/guides/speech-to-text"""
LONGEST_ALT: Final = 200
_TRANSCRIPTION_SECONDS: Final = 90
_TASK: Final = Path(__file__).parents[1] / "templates" / "senses" / "describe.txt"
_LANGUAGE: Final = "it"


class ModelSenses:
    """Hears by one model and sees by another; what goes wrong is noted, and nothing is known."""

    def __init__(
        self, base_url: str, api_key: str, *, hearing: str, sight: str, timeout: float
    ) -> None:
        """Take the names of the two models; an empty one is never asked."""
        self._base_url, self._api_key, self._timeout = base_url, api_key, timeout
        self._hearing, self._sight = hearing, sight
        self._client: AsyncOpenAI | None = None
        self._times = True

    def __repr__(self) -> str:
        return f"ModelSenses(hearing={self._hearing!r}, sight={self._sight!r})"

    async def transcribe(self, recording: bytes, file_name: str) -> Transcript | None:
        """Return what is said, with its times where the model knows them."""
        if not self._hearing or len(recording) > MAX_RECORDING:
            return None
        try:
            heard = await self._heard(recording, file_name)
        except Exception as error:  # noqa: BLE001 - whatever happens outside, the file is kept
            _log.warning("transcription_failed", error=type(error).__name__)
            return None
        return heard if heard.text else None

    async def describe(self, picture: bytes, mime: str, about: str) -> str:
        """Return one sentence on what a picture shows."""
        if not self._sight:
            return ""
        try:
            said = await self._seen(picture, mime, about)
        except Exception as error:  # noqa: BLE001 - whatever happens outside, a person describes it
            _log.warning("description_failed", error=type(error).__name__)
            return ""
        alt = " ".join(readable(said).split())
        fit = len(alt) <= LONGEST_ALT and not set("<>@{}") & set(alt) and "://" not in alt
        return alt if fit else ""

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _heard(self, recording: bytes, file_name: str) -> Transcript:
        from openai import BadRequestError  # noqa: PLC0415 - half a second, for who uses it

        if self._times:
            try:
                told = await self._listened(recording, file_name, "vtt")
            except BadRequestError:
                told = ""
            if told.startswith("WEBVTT"):
                return _timed(told)
            self._times = False  # some models tell words without times
        return Transcript(text=readable(await self._listened(recording, file_name, "json")).strip())

    async def _listened(self, recording: bytes, file_name: str, form: str) -> str:
        answer: object = await self._opened().audio.transcriptions.create(
            file=(file_name, recording),
            model=self._hearing,
            language=_LANGUAGE,
            response_format=form,  # type: ignore[call-overload]  # one of several, by name
            timeout=_TRANSCRIPTION_SECONDS,
        )
        return str(getattr(answer, "text", answer))

    async def _seen(self, picture: bytes, mime: str, about: str) -> str:
        address = f"data:{mime};base64,{base64.b64encode(picture).decode()}"
        done = await self._opened().chat.completions.create(
            model=self._sight,
            messages=[
                {"role": "system", "content": _TASK.read_text("utf-8")},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": about},
                        {"type": "image_url", "image_url": {"url": address, "detail": "low"}},
                    ],
                },
            ],
        )
        return (done.choices[0].message.content or "") if done.choices else ""

    def _opened(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI  # noqa: PLC0415 - half a second, for who uses it

        if self._client is None:
            self._client = AsyncOpenAI(
                base_url=self._base_url,
                api_key=self._api_key,
                timeout=self._timeout,
                max_retries=1,
            )
        return self._client


def _timed(told: str) -> Transcript:
    try:
        found = cues(told.encode())
    except MediumRefused:  # nobody speaks
        return Transcript(text="")
    return Transcript(text=spoken(found), captions=written(found))
