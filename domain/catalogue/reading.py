"""From a record to what it said: each reader checks a record of one feed and reduces it to the facts that we use."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from domain.catalogue import said
from domain.catalogue.checks import (
    Breach,
    checked,
    moment,
    shown,
    tidy,
    unique,
    web_address,
)
from domain.catalogue.names import ADULT_TAGS, identity
from domain.catalogue.platforms import last_day, platform_of
from domain.catalogue.providers import id_in
from domain.catalogue.shapes import (
    AdultEntry,
    EpisodeRow,
    EpisodesEntry,
    OfferEntry,
    ReleaseEntry,
)

STATUS = {
    "FINISHED": "finished",
    "ONGOING": "airing",
    "UPCOMING": "upcoming",
    "UNKNOWN": "unknown",
}
LABELS = {
    "S": "special",
    "OP": "opening",
    "ED": "ending",
    "T": "trailer",
    "C": "credit",
    "P": "parody",
    "O": "other",
}
"""AniDB's prefixes of what is no regular episode."""
LABEL = re.compile(r"([A-Z]{0,2})(\d{1,6})([a-z]?)")
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Read(NamedTuple):
    """What one record said about which subject; `note` is what had to be left out of it."""

    subject: str
    facts: said.Said
    note: str | None = None


def canonical(facts: said.Said) -> bytes:
    """The one way in which facts are written down; equal facts give equal bytes."""
    text = msgspec.json.encode(facts)
    if b"\\u0000" in text and NUL.search(text):
        raise Breach("text: holds a NUL character")
    return text


def read_release(entry: ReleaseEntry) -> Read:
    for name in ("sources", "synonyms", "studios", "producers", "relatedAnime", "tags"):
        unique(name, getattr(entry, name))
    web_address("picture", entry.picture)
    web_address("thumbnail", entry.thumbnail)
    title = tidy(entry.title)
    if title is None:
        raise Breach("title: is blank")
    year = entry.animeSeason.year or None
    season = entry.animeSeason.season.lower()
    facts = said.Release(
        title=title,
        format=entry.type.lower(),
        ids=_ids("sources", entry.sources),
        status=STATUS[entry.status],
        episodes=entry.episodes or None,
        season=season if year and season != "undefined" else None,
        year=year,
        seconds=entry.duration.value if entry.duration else None,
        score=entry.score.arithmeticMean if entry.score else None,
        synonyms=names_of(entry.synonyms),
        studios=names_of(entry.studios),
        related=_ids("relatedAnime", entry.relatedAnime),
        adult=not ADULT_TAGS.isdisjoint(map(str.lower, entry.tags)),
    )
    return Read("", facts)


def _ids(field: str, urls: list[str]) -> list[str]:
    """The external ids in page addresses, sorted, each once."""
    ids = set()
    for url in urls:
        external_id = id_in(url)
        if external_id is None:
            raise Breach(f"{field}: {shown(url)} is not an http(s) address")
        ids.add(external_id)
    return sorted(ids)


def names_of(names: list[str]) -> list[str]:
    """Tidied names in their order, each once."""
    return list(dict.fromkeys(name for name in map(tidy, names) if name))


def subject_of(mal_id: object, anilist_id: object) -> tuple[str, str | None]:
    """The id under which a record speaks, and the other one; MyAnimeList's first."""
    mal = None if mal_id is None else f"mal:{_number('mal_id', mal_id)}"
    anilist = None if anilist_id is None else f"anilist:{_number('anilist_id', anilist_id)}"
    if mal is not None:
        return mal, anilist
    if anilist is None:
        raise Breach("mal_id: names no anime (neither mal_id nor anilist_id)")
    return anilist, None


def _number(field: str, value: object) -> int:
    number = value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdecimal() else 0
    if not 0 < number < 2**31:
        raise Breach(f"{field}: {shown(str(value))} is not an id")
    return number


def read_adult(entry: AdultEntry) -> Read:
    subject, also = subject_of(entry.mal_id, entry.anilist_id)
    return Read(subject, said.Adult(also))


def read_episodes(entry: EpisodesEntry) -> Read:
    subject, also = subject_of(entry.mal_id, entry.anilist_id)
    rows = [read_episode(index, row) for index, row in enumerate(entry.episodes)]
    if len({(row.kind, row.number, row.part) for row in rows}) != len(rows):
        seen: set[tuple[str, int, str]] = set()
        for index, row in enumerate(rows):
            key = (row.kind, row.number, row.part)
            if key in seen:
                raise Breach(f"episodes[{index}].n: {entry.episodes[index].n} stands twice")
            seen.add(key)
    return Read(subject, said.Episodes(also, rows))


def read_episode(index: int, row: EpisodeRow) -> said.Episode:
    number, kind, part = row.n, "regular", ""
    if isinstance(number, str):
        found = LABEL.fullmatch(number)
        if not found or (found[1] and found[1] not in LABELS):
            raise Breach(f"episodes[{index}].n: {shown(number)} is no episode number or label")
        number, kind, part = int(found[2]), LABELS.get(found[1], "regular"), found[3]
    if not 0 <= number < 1_000_000:
        raise Breach(f"episodes[{index}].n: {number} is no episode number")
    airs: tuple[str | None, str | None] = (None, None)
    if row.air:
        airs = moment(row.air) or _no_date(f"episodes[{index}].air", row.air)
    return said.Episode(
        kind,
        number,
        part,
        episode_title(row.en),
        tidy(row.romaji),
        tidy(row.ja),
        *airs,
        row.len or None,
    )


def _no_date(field: str, text: str) -> tuple[str, str]:
    raise Breach(f"{field}: {shown(text)} is not a date")


def episode_title(text: str | None) -> str | None:
    """A title that says something: `Episode 5` does not."""
    if not text or (text.startswith("Episode ") and text[8:].isdecimal()):
        return None
    return tidy(text)


def read_offer(entry: OfferEntry) -> Read:
    """One row of the streaming file: an offer per region, not yet folded with the other rows of its anime."""
    subject, also = subject_of(entry.mal_id, entry.anilist_id)
    url = web_address("url", entry.url)
    site = tidy(entry.site)
    if site is None or not identity(site):
        raise Breach("site: is blank")
    platform = platform_of(site)
    first_seen = _first_seen(entry.begin)
    seen = checked(entry.as_of)
    ended = platform.closed_on or _ended(entry.defunct, seen)
    rows = [
        said.Offer(
            platform.name,
            region,
            entry.kind or platform.kind,
            url,
            tidy(entry.label),
            first_seen,
            seen,
            ended,
        )
        for region in (_regions(entry.regions) or platform.regions)
    ]
    return Read(subject, said.Offers(also, rows))


def _first_seen(begin: str | None) -> str | None:
    if not begin:
        return None
    return (moment(begin) or _no_date("begin", begin))[0][:10]


def _regions(regions: list[str]) -> list[str]:
    found = list(dict.fromkeys(region.strip().upper() for region in regions))
    for region in found:
        if not (len(region) == 2 and region.isascii() and region.isalpha()):
            raise Breach(f"regions: {shown(region)} is no two-letter country code")
    return found


def _ended(defunct: str | bool | None, seen: tuple[str, str] | None) -> str | None:
    """When an unknown site closed; one that closed at a time nobody names had closed when it was last looked at."""
    if not defunct:
        return None
    named = last_day(defunct) if isinstance(defunct, str) else None
    return named or (seen[0] if seen else "1970-01-01")
