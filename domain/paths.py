"""Public addresses: every path of the site is made here, so a route changes in one place.

A path starts with a slash; the object key in the bucket is the same without it, home is `index`.
"""

from __future__ import annotations

from urllib.parse import quote

UNDATED = "undated"
DYNAMIC = (
    "activity", "api", "desk", "erased", "join", "library", "media", "reset", "review", "search", "settings", "sign-in",
    "sign-out", "verify",
)  # fmt: skip
"""First words of the addresses that the app answers, each for one reader; all others are pages, the same for all.

The edges in `deploy/` hold the same table. `/@handle` belongs to it too.
"""
_PLAIN = "/:@!$&'()*+,;=-._~"
"""What RFC 3986 lets stand in a path; all else is escaped, so that each path has exactly one address."""


def key_of(path: str) -> str:
    """The bucket key that holds a path: `/anime/x` → `anime/x`, `/` → `index`."""
    return path[1:] or "index"


def path_of(key: str) -> str:
    """The path that a bucket key holds: `anime/x` → `/anime/x`, `index` → `/`."""
    return "/" if key == "index" else f"/{key}"


def address_of(path: str) -> str:
    """The one way in which a path is written in an address."""
    return quote(path, safe=_PLAIN)


def is_dynamic(path: str) -> bool:
    """Whether the app answers this path, and no page can lie there."""
    return path.startswith("/@") or path[1:].partition("/")[0] in DYNAMIC


def profile(handle: str) -> str:
    return f"/@{handle}"


def profile_card(handle: str) -> str:
    """The picture of a profile, for whoever shares a link to it."""
    return f"/@{handle}/card.jpg"


def review(id: int) -> str:
    """One review, whole."""
    return f"/review/{id}"


def own_review(anime: str) -> str:
    """Where a fan writes of the anime with this id."""
    return f"/library/{anime}/review"


def home() -> str:
    return "/"


def anime(slug: str) -> str:
    return f"/anime/{slug}"


def episodes(slug: str, page: int) -> str:
    return f"/anime/{slug}/episodes/{page}"


def where_to_watch(slug: str) -> str:
    return f"/where-to-watch/{slug}"


def where_to_watch_index() -> str:
    return "/where-to-watch"


def studio(slug: str, *decade: str) -> str:
    """`studio("mappa")`, `studio("mappa", "2010s")`."""
    return "/".join(("/studio", slug, *decade))


def decade_of(year: int | None) -> str:
    """`2010s`; what has no year is undated."""
    return f"{year // 10 * 10}s" if year else UNDATED


def studios() -> str:
    return "/studios"


def genre(slug: str) -> str:
    return f"/genre/{slug}"


def genre_year(slug: str, year: str) -> str:
    return f"/genre/{slug}/{year}"


def genres() -> str:
    return "/genres"


def season(name: str, *view: str) -> str:
    """`season("winter-2024")`, `season("winter-2024", "tv", "a-z")`."""
    return "/".join(("/season", name, *view))


def feed(name: str) -> str:
    """`name` is `anime` or `seasons`."""
    return f"/feeds/{name}.atom"


def seasons() -> str:
    return "/seasons"


def browse(*parts: str) -> str:
    """`browse()` is the index; `browse("a-z", "co")`, `browse("year", "1998")`, `browse("format", "tv", "1998")`."""
    return "/".join(("/browse", *parts))


def join(track: str, next: str) -> str:
    """Where a visitor joins who came to track the anime with this id, and goes on from there."""
    return f"/join?track={track}&next={next}"


def sitemap(shard: int) -> str:
    return f"/sitemaps/{shard}.xml"


def initial_of(slug: str) -> str:
    """The shelf of A–Z on which a slug stands: its first two characters, padded where it has one."""
    return slug[:2].replace("-", "_").ljust(2, "_")
