"""What each operation of the Graph API may be asked with."""

import re
from collections.abc import Mapping
from typing import Final

from bottega.sandbox.facebook_posts import GraphError

_VERSION: Final = re.compile(r"v2\d\.0")
_EVERYWHERE: Final = {"access_token", "appsecret_proof", "fields"}
_PARAMETERS: Final = {
    "me": set[str](),
    "feed": {"message", "link", "attached_media", "published"},
    "photos": {"published", "alt_text_custom", "caption", "url"},
    "reels.start": {"upload_phase"},
    "reels.finish": {"upload_phase", "video_id", "video_state", "description", "title"},
    "reels.status": set[str](),
    "thumbnails": {"is_preferred"},
    "captions": {"default_locale"},
    "published_posts": {"since", "until", "limit", "after"},
    "read": set[str](),
    "insights": {"metric"},
    "edit": {"message", "description"},
    "delete": set[str](),
}


def only_known(version: str, operation: str, asked: Mapping[str, str]) -> None:
    """Raise GraphError for what the Graph API does not take."""
    if not _VERSION.fullmatch(version) or operation not in _PARAMETERS:
        raise GraphError(2500, f"Unknown path components: /{version}")
    unknown = sorted(set(asked) - _EVERYWHERE - _PARAMETERS[operation])
    if unknown:
        raise GraphError(100, f"(#100) Unknown parameters: {', '.join(unknown)}")
