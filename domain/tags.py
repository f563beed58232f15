"""Tags: the names under which pages remember what they read, and under which changes touch them.

row         `anime:7`             any shown column of the row
facet       `anime:7.card`        only what a list shows of it
membership  `season:fall-2026.members`  something came, went or moved; `genre:5.members.2026` is one shelf of it
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg

from domain import paths
from domain.changes import Change

CARD_COLUMNS = frozenset(
    (
        "slug", "title_romaji", "title_english", "title_japanese", "format", "status", "episode_count", "season",
        "season_year", "broadcast_weekday", "broadcast_time", "score_band", "popularity_band", "cover", "adult",
    )
)  # fmt: skip

EDITION_COLUMNS = CARD_COLUMNS | {"edition"}
"""What the page of the primary edition shows of the others."""

COLLECTIONS = {
    "season": "seasons.members",
    "year": "years.members",
    "format": "formats.members",
    "initial": "initials.members",
    "genre": "genres.members",
    "studio": "studios.members",
}

RANK_COLUMNS = frozenset(("popularity_band", "score_band", "slug"))
"""What lists of the best order by."""


@dataclass(frozen=True)
class Standing:
    """Where an anime stands now: needed because a link row does not know the year, nor an anime its links.

    `pages` are its pages of a hundred episodes: one episode more or less decides whether they exist.
    """

    year: str = paths.UNDATED
    genres: tuple[int, ...] = ()
    studios: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()


NOWHERE = Standing()
Standings = dict[str, Standing]


def number(tag: str) -> int:
    """The 64-bit number under which a tag is stored; two tags with one number would only touch too much.

    The ten facets of an anime share the hash of its row, and all anime share those of the facets.
    """
    row, _, facet = tag.partition(".")
    return _hashed(row) ^ _hashed(facet) if facet else _hashed(row)


@lru_cache(1 << 16)
def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def touched(connection: psycopg.Connection, changes: Iterable[Change]) -> set[str]:
    """Every tag that a batch of changes touches, on the old side and the new."""
    changes = list(changes)
    standings = _standings(connection, {anime for change in changes for anime in _anime_ids(change)})
    found = {tag for change in changes for tag in _RULES[change.source](change, standings)}
    return found | _parts(connection, found)


def _anime_ids(change: Change) -> Iterator[str]:
    """The anime of which a rule asks where they stand; most changes move nobody."""
    name = "id" if change.source == "anime" else "anime_id"
    if change.source in _BY_STANDING and _BY_STANDING[change.source](change):
        yield from {side[name] for side in _sides(change)}


def _standings(connection: psycopg.Connection, ids: set[str]) -> Standings:
    if not ids:
        return {}
    rows = connection.execute(
        "SELECT a.id::text, a.season_year::text, ARRAY(SELECT genre_id FROM anime_genre WHERE anime_id = a.id),"
        " ARRAY(SELECT studio_id FROM anime_studio WHERE anime_id = a.id),"
        " ARRAY(SELECT DISTINCT greatest(1, (number + 99) / 100) FROM episode"
        "  WHERE anime_id = a.id AND kind = 'regular')"
        " FROM anime a WHERE a.id = ANY (%s::uuid[])",
        [list(ids)],
    )
    return {id: Standing(year or paths.UNDATED, *map(tuple, links)) for id, year, *links in rows}


_PARTS = {
    re.compile(r"season:([^.]+)[.]members"): (
        "SELECT DISTINCT 'season:' || w.name || '.members.' || a.format FROM unnest(%s::text[]) w (name)"
        " JOIN anime a ON a.season = split_part(w.name, '-', 1)"
        " AND a.season_year = split_part(w.name, '-', 2)::integer"
    ),
    re.compile(r"studio:([^.]+)[.]members"): (
        "SELECT DISTINCT 'studio:' || l.studio_id || '.members.'"
        f" || coalesce(a.season_year / 10 * 10 || 's', '{paths.UNDATED}')"
        " FROM anime_studio l JOIN anime a ON a.id = l.anime_id WHERE l.studio_id = ANY (%s::text[]::integer[])"
    ),
    re.compile(r"account:(\d+)"): (
        "SELECT DISTINCT 'anime:' || anime_id || '.reviews' FROM review WHERE user_id = ANY (%s::text[]::bigint[])"
    ),
}
"""What is touched with a tag, and which tags are its parts."""


def _parts(connection: psycopg.Connection, touched: set[str]) -> set[str]:
    """The parts of the lists that are touched: whether they have pages of their own depends on the whole list.

    Of an account, the reviews that name it: pages remember the anime whose reviews they show, not their writers.
    """
    parts = set[str]()
    for whole, sql in _PARTS.items():
        if names := [found[1] for found in map(whole.fullmatch, touched) if found]:
            parts.update(tag for (tag,) in connection.execute(sql, [names]))
    return parts


def _sides(change: Change) -> list[dict[str, Any]]:
    sides = (change.new,) if change.old is change.new else (change.old, change.new)
    return [side for side in sides if side]


def _moves(change: Change) -> bool:
    """Whether an anime may stand on other lists now, or at another place of one."""
    return change.columns is None or change.old != change.new or not RANK_COLUMNS.isdisjoint(change.columns)


_BY_STANDING: dict[str, Callable[[Change], bool]] = {
    "anime": _moves,
    "anime_genre": lambda change: True,
    "anime_studio": lambda change: True,
    "episode": lambda change: change.columns is None,
}


def _shelves(side: dict[str, Any] | None, standing: Standing) -> set[str]:
    """Every list on which this side of an anime stands."""
    if side is None or side["adult"]:
        return set()
    year = str(side["season_year"] or paths.UNDATED)
    shelves = {
        f"year:{year}.members",
        f"format:{side['format']}.members.{year}",
        f"initial:{paths.initial_of(side['slug'])}.members",
        f"band:{side['popularity_band']}.members",
        *(f"genre:{genre}.members.{year}" for genre in standing.genres),
        *(f"studio:{studio}.members.{paths.decade_of(side['season_year'])}" for studio in standing.studios),
    }
    if side["season"]:
        shelves.add(f"season:{side['season']}-{side['season_year']}.members.{side['format']}")
    if side["status"] == "airing":
        shelves.add("airing.members")
    return shelves


def _with_parents(tag: str) -> Iterator[str]:
    """A shelf, the list that it is a part of, and the index of such lists."""
    yield tag
    base, _, shelf = tag.partition(".members")
    if shelf:
        yield f"{base}.members"
    kind = base.partition(":")[0]
    if kind in COLLECTIONS:
        yield COLLECTIONS[kind]


def _anime(change: Change, standings: Standings) -> Iterator[str]:
    id = _sides(change)[0]["id"]
    yield f"anime:{id}"
    if change.columns is None or not CARD_COLUMNS.isdisjoint(change.columns):
        yield f"anime:{id}.card"
    standing = standings.get(id, NOWHERE)
    if change.old != change.new:  # what decides where it stands
        for shelf in _shelves(change.old, standing) ^ _shelves(change.new, standing):
            yield from _with_parents(shelf)
    if change.columns is None or not RANK_COLUMNS.isdisjoint(change.columns):
        yield from (f"band:{side['popularity_band']}.members" for side in _sides(change))
        yield from (f"genre:{genre}.members" for genre in standing.genres)
    if len({side["adult"] for side in _sides(change)}) > 1:
        yield from (f"anime:{id}.offers", "platforms.members")
    primaries = {side["primary_id"] for side in _sides(change)}
    if len(primaries) > 1 or change.columns is None or not EDITION_COLUMNS.isdisjoint(change.columns):
        yield from (f"anime:{primary}.editions" for primary in primaries if primary)


def _facet(name: str) -> Callable[[Change, Standings], Iterator[str]]:
    def rule(change: Change, _: Standings) -> Iterator[str]:
        yield from (f"anime:{side['anime_id']}.{name}" for side in _sides(change))

    return rule


def _row(name: str) -> Callable[[Change, Standings], Iterator[str]]:
    def rule(change: Change, _: Standings) -> Iterator[str]:
        yield from (f"{name}:{side['id']}" for side in _sides(change))
        if name in COLLECTIONS:
            yield COLLECTIONS[name]

    return rule


def _episode(change: Change, standings: Standings) -> Iterator[str]:
    for side in _sides(change):
        yield f"anime:{side['anime_id']}.episodes"
        if change.columns is None:
            pages = standings.get(side["anime_id"], NOWHERE).pages
            yield from (f"anime:{side['anime_id']}.episodes.{page}" for page in pages)
        if side["page"] is not None:
            yield f"anime:{side['anime_id']}.episodes.{side['page']}"


def _studio_link(change: Change, standings: Standings) -> Iterator[str]:
    for side in _sides(change):
        yield f"anime:{side['anime_id']}.studios"
        year = standings.get(side["anime_id"], NOWHERE).year
        decade = paths.decade_of(int(year) if year.isdecimal() else None)
        yield from _with_parents(f"studio:{side['studio_id']}.members.{decade}")


def _genre_link(change: Change, standings: Standings) -> Iterator[str]:
    for side in _sides(change):
        yield f"anime:{side['anime_id']}.genres"
        year = standings.get(side["anime_id"], NOWHERE).year
        yield from _with_parents(f"genre:{side['genre_id']}.members.{year}")


def _offer(change: Change, _: Standings) -> Iterator[str]:
    for side in _sides(change):
        yield f"anime:{side['anime_id']}.offers"
    yield "platforms.members"


def _platform(change: Change, _: Standings) -> Iterator[str]:
    yield from (f"platform:{side['id']}" for side in _sides(change))
    yield "platforms.members"


def _slug(change: Change, _: Standings) -> Iterator[str]:
    yield from (f"slug:{side['room']}/{side['slug']}" for side in _sides(change))


_RULES: dict[str, Callable[[Change, Standings], Iterator[str]]] = {
    "anime": _anime,
    "relation": _facet("relations"),
    "episode": _episode,
    "studio": _row("studio"),
    "anime_studio": _studio_link,
    "genre": _row("genre"),
    "anime_genre": _genre_link,
    "season": _row("season"),
    "platform": _platform,
    "offer": _offer,
    "similar_title": _facet("similar"),
    "slug_history": _slug,
    "account": _row("account"),
    "review": _facet("reviews"),
    "reception": _facet("reception"),
}
