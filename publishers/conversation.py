"""A conversation with a channel over plain HTTP and JSON, in which every failure is judged."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

import requests

from content.media import Medium
from publishers.base import Call, CannotTell, Rejected, Unavailable, Unclear
from publishers.http import Session, ask, succeeded
from publishers.pictures import fitting

__all__ = ["Conversation", "file_of"]


class Conversation(ABC):
    """Made of the service's address and the operation, None when one only reads.

    It is a context manager. What a success looks like is told by each call, what a refusal proves
    by `judged`.
    """

    service: ClassVar[str]
    """What the service is called in what people read."""

    def __init__(self, base: str, call: Call | None) -> None:
        self._session, self.call = Session(base, base), call
        self.headers: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @abstractmethod
    def judged(self, answer: requests.Response, told: Any) -> Exception:
        """Say what an answer other than a success proves; `told` is its JSON, None without."""

    def perform(self, method: str, path: str, **rest: Any) -> Any:
        """Make a call and return the JSON of a success; raises what `judged` and `ask` say."""
        return self._answered(method, path, **rest)[0]

    def _answered(self, method: str, path: str, **rest: Any) -> tuple[Any, Mapping[str, str]]:
        """Make a call and return the JSON of a success with its headers; raises as `perform`."""
        rest["headers"] = self.headers | rest.get("headers", {})
        answer = ask(self._session, self.service, method, path, **rest)
        told = _json(answer)
        if succeeded(answer) and told is not None:
            return told, answer.headers
        raise self.judged(answer, told)

    def change(
        self, method: str, path: str, proof: Callable[[Any], bool], **rest: Any
    ) -> dict[str, Any]:
        """Make the call that changes what people see, and return what it said.

        `proof` tells whether a success says what was done; Unclear is raised when it does not.
        """
        if self.call is not None:
            self.call.last_check()
        done = self.perform(method, path, **rest)
        if not isinstance(done, dict) or not proof(done):
            raise Unclear(f"{self.service} ha risposto senza dire che cosa ha fatto.")
        return done

    def prepare(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        """Make a call that changes nothing people see, and that may fail freely."""
        try:
            done = self.perform(method, path, **rest)
            reason = f"{self.service} ha dato una risposta incomprensibile."
        except Unclear as error:
            done, reason = None, str(error)
        if not isinstance(done, dict):
            raise Unavailable(reason)
        return done

    def read(self, path: str, **query: str) -> Any:
        """Read; raises CannotTell when the answer is no answer."""
        return self.read_with_headers(path, **query)[0]

    def read_with_headers(self, path: str, **query: str) -> tuple[Any, Mapping[str, str]]:
        """Read, and return the answer's headers with it; raises as `read`."""
        try:
            return self._answered("GET", path, params=query)
        except Unclear as error:
            reason = str(error)
        raise CannotTell(reason)

    def after(self, seconds: Any) -> datetime | None:
        """Return the moment that is so many seconds away; None when that says nothing."""
        try:
            wait = timedelta(seconds=float(seconds))
        except (OverflowError, TypeError, ValueError):
            return None
        return self.call.now + wait if self.call is not None else None


def file_of(medium: Medium, root: Path, most: int) -> tuple[str, bytes, str]:
    """Return a picture's name, bytes and type, within `most` bytes; raises Rejected when lost."""
    try:
        picture, mime = fitting(medium.read(root), medium.mime, most)
    except OSError:
        raise Rejected("Un'immagine del post non si trova più sul disco.") from None
    return medium.file_name, picture, mime


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
