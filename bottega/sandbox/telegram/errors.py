"""The Bot API's refusals, in its own words."""

from typing import Any


class BotApiError(Exception):
    """A refusal as the Bot API words it: HTTP status, description, response parameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def answer(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {
            "ok": False, "error_code": self.code, "description": self.description,
        }  # fmt: skip
        return body | {"parameters": self.parameters} if self.parameters else body


def bad(description: str, **parameters: int) -> BotApiError:
    """Return a 400 with this description."""
    return BotApiError(400, f"Bad Request: {description}", **parameters)


def too_many(seconds: float) -> BotApiError:
    """Return the throttling error with the seconds to wait (whole, at least one)."""
    wait = max(1, round(seconds))
    return BotApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def unauthorized() -> BotApiError:
    """Return what a wrong or revoked token gets."""
    return BotApiError(401, "Unauthorized")


def not_found() -> BotApiError:
    """Return what an unknown method or a malformed token gets."""
    return BotApiError(404, "Not Found")
