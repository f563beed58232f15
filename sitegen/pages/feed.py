"""/feeds/anime.atom and /feeds/seasons.atom — what is new, for feed readers."""

from __future__ import annotations

import re

from domain import paths
from domain.seasons import first_day_after, neighbour
from sitegen import labels
from sitegen.page import Document, PageType, only
from sitegen.reader import Reader

ATOM = "application/atom+xml; charset=utf-8"
ANIME, SEASONS = 50, 12
_CONTROL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


def load_anime(read: Reader, _: str) -> Document | None:
    """The newest anime of the catalogue."""
    entries = [
        {
            "id": f"urn:uuid:{card['id']}",  # the same after a rename, which no reader is told of twice
            "title": card["title"],
            "path": card["path"],
            "at": labels.moment(added),
            "summary": card["line"],
        }
        for card, added in read.newest_anime(ANIME)
    ]
    return _feed("anime", "New anime", entries)


def load_seasons(read: Reader, _: str) -> Document | None:
    """The newest seasons that have titles; one is as old as its first day, or as what is known of it before."""
    rows = [(name, many) for name, _, _, many in read.season_counts() if many][:SEASONS]
    known = read.seasons_known_since()
    entries = [
        {
            "id": "",
            "title": f"{labels.season(name)} anime",
            "path": paths.season(name),
            "at": min(f"{first_day_after(neighbour(name, -1)).isoformat()}T00:00:00Z", labels.moment(known[name])),
            "summary": f"{labels.count(many, 'anime', 'anime')} start in {labels.season(name)}.",
        }
        for name, many in rows
    ]
    return _feed("seasons", "New anime seasons", entries)


def _feed(name: str, title: str, entries: list[dict[str, str]]) -> Document:
    path = paths.feed(name)
    entries = [{field: _CONTROL.sub(" ", text) for field, text in entry.items()} for entry in entries]
    at = max((entry["at"] for entry in entries), default="1970-01-01T00:00:00Z")
    return Document(path, {"path": path, "title": title, "at": at, "entries": entries}, indexable=False)


anime_page = PageType("feed_anime", load_anime, only, "site/feed.atom", content_type=ATOM)
seasons_page = PageType("feed_seasons", load_seasons, only, "site/feed.atom", content_type=ATOM)
