"""From a record to what it said: each reader checks a record of one feed and reduces it to the facts that we use."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from domain.catalogue import said
from domain.catalogue.checks import (
    Breach,
    shown,
    tidy,
    unique,
    web_address,
)
from domain.catalogue.names import ADULT_TAGS
from domain.catalogue.providers import id_in
from domain.catalogue.shapes import (
    AdultEntry,
    ReleaseEntry,
)

STATUS = {
    "FINISHED": "finished",
    "ONGOING": "airing",
    "UPCOMING": "upcoming",
    "UNKNOWN": "unknown",
}
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
