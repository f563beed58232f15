"""The addresses of pictures: each holds a hash of what the picture shows, so that it can be kept for a year."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

COVER_EDITION = 1
POSTER_EDITION = 1
SHARE_EDITION = 1
"""Raised when a drawing looks different with the same facts: its addresses change, and everything is drawn anew."""
SITE_SHARE, SITE_POSTER = "/share/site.jpg", "/posters/site.jpg"
"""What stands in for pictures that are not drawn yet."""


@lru_cache(maxsize=65536)
def cover(id: str, slug: str, latin: str, japanese: str, own: str | None = None) -> str:
    """The cover of an anime: its own picture, where this site has one, else the drawn one."""
    if own and own.startswith("/") and not own.startswith("//"):
        return own
    return f"/covers/{slug}.{_digest(COVER_EDITION, id, latin, japanese)}.svg"


def poster(id: str, slug: str, latin: str, japanese: str) -> str:
    """The drawn cover as JPEG, for search engines."""
    return f"/posters/{slug}.{_digest(POSTER_EDITION, id, latin, japanese)}.jpg"


def share(room: str, slug: str, facts: dict[str, Any]) -> str:
    """The share image of a page that shows these facts."""
    return f"/share/{room}/{slug}.{_digest(SHARE_EDITION, facts)}.jpg"


def mark_of_card(facts: dict[str, Any]) -> str:
    """What tells the picture of a profile from one with other facts."""
    return _digest(SHARE_EDITION, facts)


def _digest(*shown: Any) -> str:
    return blake2b(orjson.dumps(shown), digest_size=5).hexdigest()
