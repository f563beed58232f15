"""Everything that the feeds said about one anime, and the one table of which feed wins for a field."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from domain.catalogue import said
from domain.catalogue.providers import by_provider

PRECEDENCE: dict[str, tuple[str, ...]] = {
    "title_romaji": ("extra", "release"),
    "title_english": ("extra",),
    "title_japanese": ("extra",),
    "format": ("release",),
    "status": ("release",),
    "episode_count": ("release",),
    "episode_seconds": ("release",),
    "season": ("release",),
    "season_year": ("release",),
    "start": ("extra",),
    "end": ("extra",),
    "broadcast_weekday": ("extra",),
    "broadcast_time": ("extra",),
    "synopsis": ("extra",),
    "synopsis_source": ("extra",),
    "source_material": ("extra",),
    "feed_score": ("release",),
    "feed_votes": ("extra",),
    "popularity": ("extra",),
    "edition": ("extra",),
    "studios": ("extra", "release"),
    "genres": ("extra",),
    "themes": ("extra",),
    "demographics": ("extra",),
}
"""Per field the feeds that may say it; the first that says something wins. Nothing else decides between feeds."""

UNITED = ("synonyms", "ids", "adult")
"""Fields to which every feed adds."""

WORDS: dict[str, dict[str, str]] = {
    "release": {
        "title_romaji": "title",
        "format": "format",
        "status": "status",
        "episode_count": "episodes",
        "episode_seconds": "seconds",
        "season": "season",
        "season_year": "year",
        "feed_score": "score",
        "studios": "studios",
    },
    "extra": {
        "title_romaji": "romaji",
        "title_english": "english",
        "title_japanese": "japanese",
        "start": "start",
        "end": "end",
        "broadcast_weekday": "weekday",
        "broadcast_time": "time",
        "synopsis": "synopsis",
        "synopsis_source": "synopsis_source",
        "source_material": "source_material",
        "feed_votes": "votes",
        "popularity": "members",
        "edition": "edition",
        "studios": "studios",
        "genres": "genres",
        "themes": "themes",
        "demographics": "demographics",
    },
}
"""Each feed's own word for a field."""

TELLERS = [(field, [(feed, attrgetter(WORDS[feed][field])) for feed in feeds]) for field, feeds in PRECEDENCE.items()]


class Sheet:
    """What the feeds said about one anime: by feed the subjects under which it spoke, with their facts."""

    __slots__ = ("records",)

    def __init__(self) -> None:
        self.records: dict[str, list[tuple[str, said.Said]]] = {}

    def copy(self) -> Sheet:
        copied = Sheet()
        copied.records = {feed: list(records) for feed, records in self.records.items()}
        return copied

    def put(self, feed: str, subject: str, facts: said.Said) -> None:
        records = self.records.get(feed)
        if records is None:
            self.records[feed] = [(subject, facts)]
        else:
            # Sorted by subject, so that no order of arrival matters.
            self.drop(feed, subject)
            records.append((subject, facts))
            records.sort(key=lambda record: record[0])

    def drop(self, feed: str, subject: str) -> None:
        records = self.records.get(feed, [])
        records[:] = [record for record in records if record[0] != subject]

    def of(self, feed: str) -> Any:
        """The feed's facts; of several subjects those of the first by name."""
        records = self.records.get(feed)
        return records[0][1] if records else None

    def all_of(self, feed: str) -> list[Any]:
        return [facts for _, facts in self.records.get(feed, ())]


EMPTY = Sheet()


def merged(sheet: Sheet) -> dict[str, Any]:
    """The one value per field that the feeds together say; what nobody says is absent."""
    said_by = {feed: sheet.of(feed) for feed in ("release", "extra")}
    fields: dict[str, Any] = {}
    for field, tellers in TELLERS:
        for feed, tell in tellers:
            if (facts := said_by[feed]) is not None and (value := tell(facts)) is not None and value != []:
                fields[field] = value
                break
    fields.update(_united(sheet, said_by["release"], said_by["extra"], fields))
    return fields


def _united(
    sheet: Sheet,
    release: said.Release | None,
    extra: said.Extra | None,
    fields: dict[str, Any],
) -> dict[str, Any]:
    synonyms = (release.synonyms if release else []) + (extra.synonyms if extra else [])
    if release and release.title != fields.get("title_romaji"):
        synonyms = [release.title, *synonyms]
    shown = {
        fields.get("title_romaji"),
        fields.get("title_english"),
        fields.get("title_japanese"),
    }
    return {
        "synonyms": sorted(set(synonyms) - shown),
        "ids": by_provider((release.ids if release else []) + (extra.ids if extra else [])),
        "adult": bool((release and release.adult) or (extra and extra.adult) or sheet.of("adult")),
    }
