"""Fans with libraries, as many as asked for: each has a hundred entries, and of each entry ten episodes watched."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

ANIME, EPISODES = 5_000, 24
ENTRIES, WATCHES = 100, 10
"""Entries of a fan, and watches of an entry."""
MANY, FEW = 10_000, 20
"""Fans: with the many there are 1,000,000 entries and 10,000,000 watches."""
READERS = {2_000: 1, 5_000: 2}
"""How many entries some fans have beyond that, and who they are."""
STEP = 47
"""Has no divisor in common with ANIME: so each fan has different anime, and neighbours share few."""

_ANIME = f"""
INSERT INTO anime (id, slug, title_romaji, title_english, synonyms, format, status, episode_count, season, season_year)
SELECT md5('anime ' || n)::uuid, 'anime-' || n, 'Romaji no Namae ' || n, 'English Title ' || n, ARRAY['Other ' || n],
    (ARRAY['tv', 'movie', 'ona'])[1 + n % 3], 'finished', {EPISODES}, 'spring', 1980 + n % 46
FROM generate_series(0, {ANIME - 1}) n
"""
_FANS = """
INSERT INTO account (id, handle, email, password, created_at)
SELECT n, 'bench_' || n, 'bench_' || n || '@fans.test', 'none', '2026-01-01'
FROM generate_series(1, %(fans)s::integer) n
"""
_ENTRIES = f"""
INSERT INTO entry (user_id, anime_id, said, said_at, last_watch, score, tags, started, started_precision, status,
    progress, furthest, added_at, updated_at, version)
SELECT fan, md5('anime ' || (fan + n * {STEP}) %% {ANIME})::uuid, 'planning', '2026-01-01', {WATCHES}, (n * 7) %% 101,
    ARRAY['tag ' || n %% 9], '2026-02-02', 'day', 'watching', {WATCHES}, {WATCHES}, '2026-01-01',
    '2026-02-01'::timestamptz + n * interval '1 minute', 2
FROM generate_series(%(first)s::integer, %(last)s::integer) fan, generate_series(0, %(entries)s::integer - 1) n
ORDER BY n, fan
"""
_WATCHES = f"""
INSERT INTO watch (user_id, anime_id, id, number, watched_at, watched_on, cycle, kind, precision, source)
SELECT user_id, anime_id, n, n, '2026-02-01'::timestamptz + n * interval '1 day', '2026-02-01'::date + n, 0, 'regular',
    'time', 'bench'
FROM entry, generate_series(1, {WATCHES}) n ORDER BY n, md5(user_id::text || anime_id)
"""
# as years of use leave them: those of an entry lie far apart


def fill(connection: psycopg.Connection, fans: int, readers: Mapping[int, int] = READERS) -> None:
    """Make it all in an empty, migrated database, as it would be after years of use, and let PostgreSQL look at it."""
    with connection.transaction():
        # made to fit together, so neither foreign keys nor the change log need to look at each of the rows
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(_ANIME)
        connection.execute(_FANS, {"fans": fans})
        connection.execute(_ENTRIES, {"first": len(readers) + 1, "last": fans, "entries": ENTRIES})
        for entries, fan in readers.items():
            connection.execute(_ENTRIES, {"first": fan, "last": fan, "entries": entries})
        connection.execute(_WATCHES)
    connection.execute("VACUUM (ANALYZE)")


def pairs(connection: psycopg.Connection, many: int) -> list[tuple[int, str]]:
    """So many (fan, anime) pairs from all over the library, as good as at random, the same each time."""
    return connection.execute(
        "SELECT user_id, anime_id FROM entry TABLESAMPLE BERNOULLI (least(100, 300.0 * %(many)s::integer /"
        " (SELECT reltuples FROM pg_class WHERE oid = 'entry'::regclass))) REPEATABLE (1)"
        " WHERE user_id > %(readers)s ORDER BY md5(user_id::text || anime_id) LIMIT %(many)s",
        {"many": many, "readers": len(READERS)},
    ).fetchall()
