"""What a recording says and a picture shows, where there is a model that hears and sees."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict


class Transcript(BaseModel):
    """What a recording says; `captions` is the same as WebVTT, None where the times are unknown."""

    model_config = ConfigDict(frozen=True)

    text: str
    captions: bytes | None = None


class Hearing(Protocol):
    """Whoever writes down what recordings say."""

    async def transcribe(self, recording: bytes, file_name: str) -> Transcript | None:
        """Return what is said; None when nothing is, or nobody can tell in good time."""
        ...


class Sight(Protocol):
    """Whoever says what pictures show."""

    async def describe(self, picture: bytes, mime: str, about: str) -> str:
        """Return one sentence, fit as a text alternative; empty when nobody can tell.

        `about` is the title of what the picture illustrates.
        """
        ...


class NullHearing:
    """Hears nothing."""

    async def transcribe(
        self,
        recording: bytes,  # noqa: ARG002 - the protocol's own
        file_name: str,  # noqa: ARG002
    ) -> Transcript | None:
        """Return None."""
        return None


class NullSight:
    """Sees nothing."""

    async def describe(self, picture: bytes, mime: str, about: str) -> str:  # noqa: ARG002
        """Return nothing."""
        return ""
