"""From a record of the extra facts to what it said."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from domain.catalogue import said
from domain.catalogue.checks import Breach, need_day, shown, tidy
from domain.catalogue.names import ADULT_GENRES
from domain.catalogue.providers import METADATA_ONLY, id_in
from domain.catalogue.reading import Read, names_of, subject_of
from domain.catalogue.shapes import Broadcast, ExtraEntry, RelationRow

RELATIONS = {
    "SEQUEL": "sequel",
    "PREQUEL": "prequel",
    "PARENT": "parent",
    "PARENT_STORY": "parent",
    "SIDE_STORY": "side_story",
    "SUMMARY": "summary",
    "FULL_STORY": "full_story",
    "SPIN_OFF": "spin_off",
    "ALTERNATIVE": "alternative",
    "ALTERNATIVE_VERSION": "alternative",
    "ALTERNATIVE_SETTING": "alternative",
    "CHARACTER": "character",
    "ADAPTATION": "adaptation",
}
"""Any other type is `other`."""
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
MATERIALS = {"video game": "game", "unknown": None, "": None}
TV_FORMATS = frozenset({"tv", "tv_short"})
CREDIT = re.compile(r"\s*[\[(](?:Written by (MAL Rewrite)|Source: ([^\])\n]{1,100}))[\])]\s*$")


def read_extra(entry: ExtraEntry) -> Read:
    subject = id_in(entry.source)
    if subject is None:
        raise Breach(f"source: {shown(entry.source)} is not an http(s) address")
    also = subject_of(None, entry.anilist_id)[0] if entry.anilist_id is not None else None
    start, end, note = _run(entry)
    weekday, time = _broadcast(entry.broadcast)
    synopsis, source = synopsis_of(entry.synopsis, entry.synopsis_from)
    upcoming = entry.next_airing
    facts = said.Extra(
        also=also if also != subject else None,
        ids=sorted(f"{name}:{value}" for name, value in entry.ids.items() if name in METADATA_ONLY and value),
        romaji=tidy(entry.title_romaji),
        english=tidy(entry.title_english),
        japanese=tidy(entry.title_japanese),
        synonyms=names_of([title for titles in entry.titles_zh.values() for title in titles]),
        start=start,
        end=end,
        weekday=weekday,
        time=time,
        source_material=_material(entry.source_material),
        genres=_curated(entry.genres),
        themes=names_of(entry.themes),
        demographics=names_of(entry.demographics),
        studios=names_of(entry.studios),
        votes=entry.score.mal_scored_by if entry.score else None,
        members=_members(entry),
        relations=[_relation(row) for row in entry.relations],
        edition=said.Edition(
            f"mal:{entry.edition.of_mal_id}",
            entry.edition.kind,
            tidy(entry.edition.label),
        )
        if entry.edition
        else None,
        next_episode=upcoming.episode if upcoming else None,
        next_at=datetime.fromtimestamp(upcoming.at, UTC).strftime("%Y-%m-%d %H:%M+00") if upcoming else None,
        synopsis=synopsis,
        synopsis_source=source,
        adult=_is_adult(entry),
    )
    return Read(subject, facts, note)


def _members(entry: ExtraEntry) -> int | None:
    """How many have it on their lists: as the file itself orders titles, else as another site counts."""
    if entry.members is not None:
        return entry.members
    return entry.score.mal_members if entry.score else None


def _run(
    entry: ExtraEntry,
) -> tuple[tuple[str, str] | None, tuple[str, str] | None, str | None]:
    """Start, end, and a note where the end contradicts the start: then only the start is taken."""
    tv = (entry.format_raw or "").lower() in TV_FORMATS
    start, end = (_day(name, getattr(entry, name), tv) for name in ("start_date", "end_date"))
    if start and end:
        shared = min(_length(start), _length(end))
        if end[0][:shared] < start[0][:shared]:
            return (
                start,
                None,
                f"end_date: {entry.end_date} lies before start_date {entry.start_date}; left out",
            )
    return start, end, None


def _day(field: str, text: str | None, tv: bool) -> tuple[str, str] | None:
    if not text:
        return None
    iso, precision = need_day(field, text)
    # Sources write the first of January where they know the year only; a series may truly start on that day.
    return (iso, "year") if precision == "day" and iso.endswith("-01-01") and not tv else (iso, precision)


def _length(day: tuple[str, str]) -> int:
    """Up to which character of an ISO date it is known."""
    return {"year": 4, "month": 7, "day": 10}[day[1]]


def _broadcast(broadcast: Broadcast | None) -> tuple[int | None, str | None]:
    """Weekday and time in Japan; nothing where one is missing or the time is another zone's."""
    if broadcast is None or not broadcast.day or broadcast.timezone not in (None, "Asia/Tokyo"):
        return None, None
    weekday = WEEKDAYS.get(broadcast.day[:3].lower())
    if not broadcast.time or weekday is None:
        return weekday, None
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", broadcast.time):
        raise Breach(f"broadcast.time: {shown(broadcast.time)} is not a time of day")
    return weekday, broadcast.time


def _material(text: str | None) -> str | None:
    """`LIGHT_NOVEL` and `Light novel` are `light novel`."""
    if text is None:
        return None
    plain = " ".join(text.replace("_", " ").lower().split())
    return MATERIALS.get(plain, plain)


def _curated(genres: list[str]) -> list[str]:
    """Genres without those that only say that an anime is adult; the anime's flag says that."""
    return [genre for genre in names_of(genres) if genre.lower() not in ADULT_GENRES]


def _is_adult(entry: ExtraEntry) -> bool:
    rating = (entry.age_rating or "").lower()
    return rating.startswith("rx") or any(genre.strip().lower() in ADULT_GENRES for genre in entry.genres)


def _relation(row: RelationRow) -> said.Relation:
    return said.Relation(f"mal:{row.mal_id}", RELATIONS.get(row.type.upper(), "other"))


def synopsis_of(text: str | None, source: str | None) -> tuple[str | None, str | None]:
    """A synopsis without the credit at its end, and the credit or else the source that the feed names."""
    text = (text or "").strip()
    if not text:
        return None, None
    found = CREDIT.search(text)
    if not found:
        return text, tidy(source) or "unknown"
    credit = f"MyAnimeList ({found[1]})" if found[1] else found[2].strip()
    rest = text[: found.start()].rstrip()
    return (rest, credit) if rest else (None, None)
