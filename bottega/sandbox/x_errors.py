"""How X says that something is wrong: https://docs.x.com/x-api/fundamentals/response-codes-and-errors."""


class XError(Exception):
    """A problem in X's own shape."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank") -> None:
        super().__init__(detail)
        self.status = status
        self.problem = {"title": title, "detail": detail, "type": kind, "status": status}


def unauthorized() -> XError:
    """Return the problem of keys that are not good."""
    return XError(401, "Unauthorized", "Unauthorized")


def duplicate() -> XError:
    """Return the problem of a post that is there already."""
    detail = "You are not allowed to create a Tweet with duplicate content."
    return XError(403, "Forbidden", detail)


def invalid(detail: str) -> XError:
    """Return the problem of a request that is not as described."""
    kind = "https://api.twitter.com/2/problems/invalid-request"
    return XError(400, "Invalid Request", detail, kind)


def not_found(number: str) -> dict[str, str]:
    """Return the problem of a post that was asked for and is not there."""
    return {
        "value": number,
        "detail": f"Could not find tweet with ids: [{number}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": number,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
