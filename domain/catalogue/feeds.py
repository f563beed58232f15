"""Which feeds there are, and how a record shows of which feed it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from domain.catalogue import said, shapes
from domain.catalogue.reading import Read, read_adult, read_release
from domain.catalogue.reading_episodes import read_episodes
from domain.catalogue.reading_extra import read_extra
from domain.catalogue.reading_offers import read_offer


@dataclass(frozen=True)
class Feed:
    """One feed: its word in `feed_record`, the shape of its records, how one is read, and what is kept of it."""

    name: str
    noun: str
    shape: type
    read: Callable[[Any], Read]
    facts: type[said.Said]


FEEDS = {
    feed.name: feed
    for feed in (
        Feed(
            "release",
            "anime of a release",
            shapes.ReleaseEntry,
            read_release,
            said.Release,
        ),
        Feed("extra", "extra facts", shapes.ExtraEntry, read_extra, said.Extra),
        Feed("episodes", "episodes", shapes.EpisodesEntry, read_episodes, said.Episodes),
        Feed("offers", "streaming", shapes.OfferEntry, read_offer, said.Offers),
        Feed("adult", "adult ids", shapes.AdultEntry, read_adult, said.Adult),
    )
}
"""In the order in which an import takes them in: anime first, so that the rest finds its anime."""

ADULT_KEYS = frozenset({"mal_id", "anilist_id", "type", "year"})
METADATA_KEYS = frozenset({"lastUpdate", "repository", "license", "scoreRange"})


def recognise(text: bytes) -> Feed | None:
    """The feed to which a record belongs by the keys it has; None for what belongs to none."""
    keys = _keys(text)
    if "site" in keys and "url" in keys:
        return FEEDS["offers"]
    if "sources" in keys or "animeSeason" in keys:
        return FEEDS["release"]
    if "episodes" in keys and keys & {"mal_id", "anilist_id"}:
        return FEEDS["episodes"]
    if "source" in keys and keys & {
        "mal_id",
        "title_romaji",
        "title_english",
        "built_from",
    }:
        return FEEDS["extra"]
    if keys & {"mal_id", "anilist_id"} and keys <= ADULT_KEYS:
        return FEEDS["adult"]
    return None


def is_metadata(text: bytes) -> bool:
    """Whether a first line is a release's description of itself and no record."""
    keys = _keys(text)
    return "sources" not in keys and "data" not in keys and len(keys & METADATA_KEYS) >= 2


def last_update(text: bytes) -> str:
    """The day that a release's description names, or nothing."""
    value = orjson.loads(text).get("lastUpdate")
    return value if isinstance(value, str) else ""


def _keys(text: bytes) -> frozenset[str]:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return frozenset()
    return frozenset(record) if isinstance(record, dict) else frozenset()
