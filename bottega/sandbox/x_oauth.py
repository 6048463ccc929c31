"""OAuth 1.0a as a server checks it: RFC 5849, HMAC-SHA1, nothing in the body."""

import base64
import hashlib
import hmac
import re
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request

_NEEDED: Final = {
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
}


def refusal(request: Request, keys: tuple[str, str, str, str], nonces: set[str]) -> str | None:
    """Return why a request is not signed well, or None; remembers the nonces it has seen.

    `keys` are consumer key and secret, access token and secret.
    """
    consumer, consumer_secret, token, token_secret = keys
    header = request.headers.get("authorization", "")
    given = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
    if not header.startswith("OAuth ") or _NEEDED - set(given):
        return "not signed"
    if (given["oauth_consumer_key"], given["oauth_token"]) != (consumer, token):
        return "unknown keys"
    if given["oauth_signature_method"] != "HMAC-SHA1" or given["oauth_nonce"] in nonces:
        return "used before"
    nonces.add(given["oauth_nonce"])
    signed = [(k, v) for k, v in given.items() if k not in ("oauth_signature", "realm")]
    signed += parse_qsl(request.url.query, keep_blank_values=True)
    pairs = "&".join(f"{k}={v}" for k, v in sorted((_quote(k), _quote(v)) for k, v in signed))
    url = str(request.url.replace(query="", fragment=""))
    base = "&".join(map(_quote, (request.method, url, pairs)))
    secret = f"{_quote(consumer_secret)}&{_quote(token_secret)}"
    wanted = base64.b64encode(hmac.digest(secret.encode(), base.encode(), hashlib.sha1)).decode()
    return None if hmac.compare_digest(wanted, given["oauth_signature"]) else "wrong signature"


def _quote(text: str) -> str:
    return quote(text, safe="~")
