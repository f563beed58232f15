"""Explaining a page: what it was built from, what would touch it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from domain import history, purges, tags
from jobs.site import find_key
from sitegen.page import PageType
from sitegen.site import BY_KIND

_ROW = (
    "SELECT kind, path, verdict, wanted, built, failed >= wanted AND built < wanted, error, tags, expires_on,"
    " indexable, changed_at, built_at, why FROM page WHERE key = %s"
)
_NAMES = """
SELECT 'anime:' || id || f.facet, 'anime ' || slug || ' (' || f.means || ')' FROM anime, (VALUES ('', 'its row'),
    ('.card', 'what lists show of it'), ('.relations', 'relations'), ('.episodes', 'episodes'), ('.offers', 'offers'),
    ('.studios', 'studios'), ('.genres', 'genres'), ('.similar', 'similar titles'), ('.editions', 'editions'),
    ('.reviews', 'reviews'), ('.reception', 'figures of our own')
) f (facet, means)
UNION ALL SELECT 'anime:' || anime_id || '.episodes.' || page, 'episodes, page ' || page FROM
    (SELECT DISTINCT anime_id, greatest(1, (number + 99) / 100) AS page FROM episode WHERE kind = 'regular') e
UNION ALL SELECT 'studio:' || id || f.facet, 'studio ' || slug || f.means FROM studio,
    (VALUES ('', ''), ('.members', ' (its anime)')) f (facet, means)
UNION ALL SELECT 'genre:' || id || f.facet, 'genre ' || slug || f.means FROM genre,
    (VALUES ('', ''), ('.members', ' (its anime)')) f (facet, means)
UNION ALL SELECT 'genre:' || g.id || '.members.' || y.year, 'genre ' || slug || ' (its anime of ' || y.year || ')'
    FROM genre g, (SELECT DISTINCT coalesce(season_year::text, 'undated') AS year FROM anime) y
UNION ALL SELECT 'platform:' || id, 'platform ' || slug FROM platform
UNION ALL SELECT 'season:' || s || '-' || y || f.facet, 'season ' || s || '-' || y || f.means
    FROM unnest(ARRAY['winter', 'spring', 'summer', 'fall']) s, generate_series(1900, 2101) y,
    (VALUES ('', ''), ('.members', ' (its anime)')) f (facet, means)
UNION ALL SELECT DISTINCT 'year:' || coalesce(season_year::text, 'undated') || '.members', 'anime of a year' FROM anime
UNION ALL SELECT DISTINCT 'format:' || format || '.members.' || coalesce(season_year::text, 'undated'),
    'anime of a format and year' FROM anime
UNION ALL SELECT DISTINCT 'initial:' || rpad(replace(substr(slug, 1, 2), '-', '_'), 2, '_') || '.members',
    'anime of a shelf of A–Z' FROM anime
UNION ALL SELECT 'band:' || n || '.members', 'anime of a popularity band' FROM generate_series(0, 40) n
UNION ALL SELECT 'slug:' || room || '/' || slug, 'the old address /' || room || '/' || slug FROM slug_history
UNION ALL SELECT c || '.members', 'the list of all ' || c FROM unnest(ARRAY['seasons', 'years', 'formats', 'initials',
    'genres', 'studios', 'platforms', 'airing']) c
UNION ALL VALUES ('sitemap.shards', 'how many sitemaps there are')
"""


def explain(connection: psycopg.Connection, name: str) -> Iterator[str]:
    """Lines of text for one page, by key or path. Raises NotFound where the manifest has no such page."""
    key = find_key(connection, name)
    row = connection.execute(_ROW, [key]).fetchone()
    assert row is not None
    kind, path, verdict, wanted, built, failed, error, numbers, expires, indexable, changed, at, why = row
    yield f"{key} at {path or 'no address'}"
    yield f"  last verdict    {verdict or 'never built'}{f' ({at:%Y-%m-%d %H:%M:%S} UTC)' if at else ''}"
    waits = f"to be built{f' because of {why}' if why else ''}"
    state = f"failed: {error}" if failed else waits if built < wanted else "up to date"
    yield f"  state           {state}"
    yield f"  content since   {f'{changed:%Y-%m-%d %H:%M:%S} UTC' if changed else '-'}"
    yield f"  until           {expires or 'its facts change'}"
    yield f"  search engines  {'listed in the sitemap' if indexable else 'noindex, not in the sitemap'}"
    yield f"  CDN             {_cached(connection, path)}"
    yield from _history(connection, key)
    yield from _touched_by(connection, BY_KIND.get(kind), numbers)


def _cached(connection: psycopg.Connection, path: str | None) -> str:
    """What caches may hold of a page."""
    waits = purges.waits_since(connection, path) if path else None
    if purges.stands_behind(connection) == purges.NONE or not path:
        return "none"
    if waits is None:
        return "up to date"
    since, again = waits
    return f"{'purged, and soon once more' if again else 'to be purged'}, since {since:%Y-%m-%d %H:%M:%S} UTC"


def _history(connection: psycopg.Connection, key: str) -> Iterator[str]:
    past = history.of(connection, key)
    if past:
        yield "  after edits:"
    for one in past:
        why = f" after {one.why}" if one.why else ""
        yield f"    {one.at:%Y-%m-%d %H:%M:%S} UTC  {one.verdict}{why}{f': {one.error}' if one.error else ''}"


def _touched_by(connection: psycopg.Connection, kind: PageType | None, numbers: list[int]) -> Iterator[str]:
    """The manifest keeps numbers of tags; their names are found by numbering every name that there can be."""
    names = {tags.number(tag): (tag, means) for tag, means in connection.execute(_NAMES)}
    known = sorted(names[number] for number in numbers if number in names)
    yield f"  built from, and touched by a change of ({len(numbers)}):"
    yield from (f"    {tag:<64} {means}" for tag, means in known)
    if unknown := len(numbers) - len(known):
        yield f"    and {unknown} things that are gone from the catalogue"
    if kind and kind.named_by:
        yield f"  called into being by: {', '.join(kind.named_by)}"
