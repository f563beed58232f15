"""Similar titles: a derived table, so that one genre edit does not reach thousands of pages.

Candidates are the best of the same studio, of the same season and of each shared theme; what they share decides:
three points for a studio, two for each genre or theme, one for the season. A sequel is no news beside its original, so
of titles whose names begin alike one is named, and none that begins as the title at hand does. Same rows, same table;
every row says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import orjson
import psycopg

SHOWN = 6
ALIKE = 2
"""Words that the names of one story begin with alike; a name of fewer words is the beginning of the other."""
POOL = 24
ENOUGH = 3
STUDIO, GENRE, SEASON = 3, 2, 1

Name = tuple[str, ...]
"""The words of an address."""


@dataclass(frozen=True, slots=True)
class Title:
    """What the comparison knows of an anime; `genres` is a bit mask, `order` is 0 for the best-known."""

    id: str
    order: int
    genres: int
    studios: frozenset[int]
    season: str | None
    name: Name
    pools: tuple[str, ...]


Traits = tuple[int, str, int, frozenset[int], str | None, Name]
"""What is compared of a candidate: order, id, genres, studios, season, name."""
Row = tuple[str, int, bool, bool]
"""Similar anime, shared genres as a bit mask, same studio, same season."""
Scored = tuple[int, int, Name, Row]
"""Points below zero, order, name and row: the best is the least."""


def refresh(connection: psycopg.Connection) -> int:
    """Bring the table to what the catalogue says now; writes only the rows that differ and returns how many."""
    titles, genre_ids = _titles(connection)
    genres_of = lru_cache(maxsize=None)(lambda mask: [id for at, id in enumerate(genre_ids) if mask >> at & 1])
    lines = (f"{id}\t{_json(rows, genres_of)}\n" for id, rows in rank_all(titles) if rows)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.fresh")
        cursor.execute("CREATE TEMP TABLE fresh (anime_id uuid PRIMARY KEY, titles jsonb) ON COMMIT DROP")
        with cursor.copy("COPY fresh FROM STDIN") as copy:
            copy.write("".join(lines))
        return sum(cursor.execute(statement).rowcount for statement in _MERGE)


def _json(rows: list[Row], genres_of: Callable[[int], list[int]]) -> str:
    """What the table keeps: [similar anime, shared genres, same studio, same season], most similar first."""
    return orjson.dumps([[id, genres_of(mask), studio, season] for id, mask, studio, season in rows]).decode()


_MERGE = (
    "DELETE FROM similar_title s WHERE NOT EXISTS (SELECT FROM fresh f WHERE f.anime_id = s.anime_id)",
    "INSERT INTO similar_title AS s SELECT * FROM fresh ON CONFLICT (anime_id) DO UPDATE"
    " SET titles = excluded.titles WHERE s.titles IS DISTINCT FROM excluded.titles",
)


def rank_all(titles: list[Title]) -> Iterable[tuple[str, list[Row]]]:
    """Every title with what is similar to it, best first."""
    pools: dict[str, dict[int, Traits]] = defaultdict(dict)
    for title in titles:
        for pool in title.pools:
            if len(pools[pool]) < POOL:
                pools[pool][title.order] = _traits(title)
    for title in titles:
        candidates: dict[int, Traits] = {}
        for pool in title.pools:
            candidates |= pools[pool]
        candidates.pop(title.order, None)
        yield title.id, _apart(title, sorted(_scored(title, candidates.values())))


def _traits(title: Title) -> Traits:
    return title.order, title.id, title.genres, title.studios, title.season, title.name


def _apart(title: Title, scored: Iterable[Scored]) -> list[Row]:
    """The first of these that are neither of the title's own story nor of each other's."""
    names, chosen = [title.name], list[Row]()
    for *_, name, row in scored:
        if not any(akin(name, other) for other in names):
            names.append(name)
            chosen.append(row)
        if len(chosen) == SHOWN:
            break
    return chosen


def akin(one: Name, other: Name) -> bool:
    """Whether two names begin with the same words, or one begins with the other: `naruto` and `naruto-shippuden`."""
    words = min(len(one), len(other), ALIKE)
    return one[:words] == other[:words]


def _scored(title: Title, others: Iterable[Traits]) -> list[Scored]:
    genres, studios, when = title.genres, title.studios, title.season
    found = []
    for order, id, other_genres, other_studios, other_season, name in others:
        shared = genres & other_genres
        studio = not studios.isdisjoint(other_studios)
        season = when == other_season and when is not None
        points = GENRE * shared.bit_count() + STUDIO * studio + SEASON * season
        if points >= ENOUGH:
            found.append((-points, order, name, (id, shared, studio, season)))
    return found


def _titles(connection: psycopg.Connection) -> tuple[list[Title], list[int]]:
    genres = connection.execute("SELECT id, kind FROM genre ORDER BY id").fetchall()
    bit = {id: 1 << at for at, (id, _) in enumerate(genres)}
    themes = {id for id, kind in genres if kind == "theme"}
    rows = connection.execute(
        "SELECT a.id::text, a.slug, a.season || '-' || a.season_year,"
        " coalesce(g.ids, '{}'), coalesce(s.ids, '{}') FROM anime a"
        " LEFT JOIN (SELECT anime_id, array_agg(genre_id) ids FROM anime_genre GROUP BY 1) g ON g.anime_id = a.id"
        " LEFT JOIN (SELECT anime_id, array_agg(studio_id) ids FROM anime_studio GROUP BY 1) s ON s.anime_id = a.id"
        " WHERE NOT a.adult AND a.format <> 'unknown' ORDER BY a.popularity_band DESC, a.score_band DESC, a.slug"
    )
    titles = []
    for order, (id, slug, season, genre_ids, studio_ids) in enumerate(rows):
        pools = [f"studio {studio}" for studio in studio_ids]
        pools += [f"theme {genre}" for genre in genre_ids if genre in themes]
        pools += [f"season {season}"] if season else []
        mask = sum(bit[genre] for genre in genre_ids)
        titles.append(Title(id, order, mask, frozenset(studio_ids), season, tuple(slug.split("-")), tuple(pools)))
    return titles, [id for id, _ in genres]
