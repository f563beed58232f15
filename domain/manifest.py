"""The manifest: which pages are wanted, which are built, and what each was built from.

A page is dirty when `built < wanted`. Versions come from one sequence and are taken under the row's lock, so a
change during a render leaves the page dirty. Nothing here renders or uploads; `jobs/` puts that in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import orjson
import psycopg

from domain.built import array
from domain.lease import BULK, EDITS, FIRST, SUSPECT

SHARDS = 65536
FEW = 50
"""Tags that are looked up as they are; for more it is worth to put the index in order."""
AUDIT = "looked at again"
"""Why pages are dirty of which nobody knows that they changed."""


@dataclass(frozen=True)
class Order:
    """How pages are wanted: seconds that each kind waits for more changes, their lane, and whether they go `first`."""

    delays: Mapping[str, float] = field(default_factory=dict)
    lane: int = EDITS
    first: bool = False


AT_ONCE = Order()


def _bulk(why: str) -> str:
    """SQL that makes a page dirty for a reason that is no edit."""
    return f"wanted = nextval('page_version'), lane = {BULK}, due_at = now(), attempts = 0, why = '{why}'"


def _insert(keys: str, lane: int, due: str, since: str, why: str = "NULL", turn: str = "NULL") -> str:
    """SQL for rows of pages that are new: the most popular have their turn first, and the newest of what has a year."""
    subject, uuid = "split_part(key, '/', 2)", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
    year = "substring(new.key from '[-/]((?:19|20)[0-9]{2})(?:/|s?$)')::integer"
    return (
        "INSERT INTO page (key, kind, wanted, turn, lane, due_at, wanted_at, why)"
        " SELECT new.key, split_part(new.key, '/', 1), nextval('page_version'),"
        f" coalesce({turn}::smallint, -a.popularity_band, 1900 - {year}, 0), {lane}, {due}, {since}, {why} FROM"
        f" (SELECT key, CASE WHEN {subject} ~ '{uuid}' THEN {subject}::uuid END AS anime FROM {keys} ORDER BY key) new"
        " LEFT JOIN anime a ON a.id = new.anime ON CONFLICT (key)"
    )


_DELAYED = "now() + coalesce((%(delays)s::jsonb ->> split_part({}.key, '/', 1))::float, 0) * interval '1 second'"
_SINCE = {EDITS: "coalesce(%(since)s, now())", BULK: "NULL::timestamptz"}
"""Nobody waits for the bulk."""
_WAITS = """page.built < page.wanted AND page.failed < page.wanted AND page.lease IS NULL AND page.lane <= {lane}
    AND page.due_at <= {due}"""
"""A page that is dirty already, as soon and in as quick a lane, and that nobody is building."""
# Who is building a page answers for the changes before its lease, whose number is from the sequence of versions too.
# What has ended workers and is edited while it is built counts anew, and is built alone still.
_AGAIN = f""" DO UPDATE SET wanted = nextval('page_version'), why = excluded.why,
    attempts = CASE WHEN page.leased_until > now() THEN least(page.attempts, {SUSPECT}) ELSE 0 END,
    turn = CASE WHEN page.built < page.wanted THEN least(page.turn, excluded.turn) ELSE excluded.turn END,
    lane = CASE WHEN page.built < page.wanted THEN least(page.lane, excluded.lane) ELSE excluded.lane END,
    due_at = CASE WHEN page.built < page.wanted AND page.failed < page.wanted
        THEN least(page.due_at, excluded.due_at) ELSE excluded.due_at END,
    wanted_at = CASE WHEN page.built >= page.wanted OR page.wanted < page.lease AND page.leased_until > now()
        THEN excluded.wanted_at ELSE least(page.wanted_at, excluded.wanted_at) END
WHERE NOT ({_WAITS.format(lane="excluded.lane", due="excluded.due_at")})
"""
# In a flood most pages wait already: to lock them costs a third of an insert that comes to nothing.
_KNOWN = f"""
WITH known AS MATERIALIZED (
    SELECT key, {_WAITS.format(lane="%(lane)s", due=_DELAYED.format("page"))} AS waits
    FROM page WHERE key = ANY (%(keys)s::text[]) ORDER BY key FOR NO KEY UPDATE
) """
_OTHERS = "unnest(%(keys)s::text[]) k (key) WHERE NOT EXISTS (SELECT FROM known WHERE known.key = k.key AND waits)"


def want(
    connection: psycopg.Connection,
    keys: Iterable[str],
    order: Order = AT_ONCE,
    since: datetime | None = None,
    why: str | None = None,
) -> int:
    """Mark pages dirty, making rows for those that are new; locks in key order. Returns how many.

    `since` is when the first of the changes was logged, a moment ago if not given, and `why` what `site explain` says
    of it. A page that is dirty already, and that nobody is building, stays as it is: whoever leases it has to wait for
    this transaction, and so reads what it commits.
    """
    reached = set(keys)
    if reached:
        rows = _insert(_OTHERS, order.lane, _DELAYED.format("new"), _SINCE[order.lane], "%(why)s::text", "%(turn)s")
        delays, turn = orjson.dumps(dict(order.delays)).decode(), FIRST[0] if order.first else None
        connection.execute(
            _KNOWN + rows + _AGAIN,
            {"keys": array(reached), "delays": delays, "lane": order.lane, "since": since, "why": why, "turn": turn},
        )
    return len(reached)


def want_missing(connection: psycopg.Connection, keys: Iterable[str]) -> int:
    """Make dirty rows for those pages that the manifest has never heard of; returns how many."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS expected (key text)")
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE expected")
        with cursor.copy("COPY expected FROM STDIN") as copy:
            copy.write("".join(f"{key}\n" for key in keys))
        cursor.execute(_insert("expected", BULK, "now()", "NULL") + " DO NOTHING")
        return cursor.rowcount


def built_with(connection: psycopg.Connection, tags: Sequence[int]) -> list[str]:
    """The keys of the pages that read one of these tags, each once.

    Each tag is looked up by itself: an overlap of arrays takes as long as both are long together. What the index has
    not taken in yet is read at every look, so before many it is made to.
    """
    if len(tags) > FEW:
        connection.execute("SELECT gin_clean_pending_list('page_tags')")
    rows = connection.execute(
        "SELECT p.key FROM unnest(%s::bigint[]) t (tag)"
        " CROSS JOIN LATERAL (SELECT key FROM page WHERE tags @> ARRAY[t.tag] OFFSET 0) p",
        [array(tags)],
    )
    return list({key for (key,) in rows})


def want_expired(connection: psycopg.Connection, as_of: date, limit: int | None = None) -> int:
    """Mark dirty what was built for an earlier day and says something else today, the most popular first."""
    return connection.execute(
        f"UPDATE page SET {_bulk('another day')}, expires_on = NULL WHERE key IN"
        " (SELECT key FROM page WHERE expires_on <= %s ORDER BY turn, key LIMIT %s FOR UPDATE SKIP LOCKED)",
        [as_of, limit],
    ).rowcount


def want_outdated(connection: psycopg.Connection, recipes: Mapping[str, bytes]) -> dict[str, int]:
    """Mark dirty the pages of each kind whose recipe is not the one they were built with; counts by kind.

    Kinds are looked up in an index first: looking at every page costs more than building one. A page that failed counts
    by what it failed with: the code that it was built with before may be what comes back.
    """
    outdated = connection.execute(
        "SELECT k.kind FROM unnest(%s::text[], %s::bytea[]) k (kind, recipe)"
        " WHERE EXISTS (SELECT FROM page p WHERE p.kind = k.kind AND p.recipe < k.recipe)"
        " OR EXISTS (SELECT FROM page p WHERE p.kind = k.kind AND p.recipe > k.recipe)"
        " OR EXISTS (SELECT FROM page p WHERE p.kind = k.kind AND p.failed > 0"
        " AND coalesce(p.tried, p.recipe) IS DISTINCT FROM k.recipe)",
        [list(recipes), list(recipes.values())],
    ).fetchall()
    return {
        kind: connection.execute(
            f"UPDATE page SET {_bulk('another recipe')} WHERE kind = %s AND (built = wanted OR failed >= wanted)"
            " AND coalesce(tried, recipe) IS DISTINCT FROM %s",
            [kind, recipes[kind]],
        ).rowcount
        for (kind,) in outdated
    }


def forget_objects(connection: psycopg.Connection) -> int:
    """The bucket holds nothing of ours: everything is to be rendered and uploaded again, with its old dates."""
    return connection.execute(
        f"UPDATE page SET {_bulk('the bucket is another one')}, artifact_hash = NULL, etag = NULL, recipe = NULL,"
        " failed = 0 WHERE path IS NOT NULL"
    ).rowcount


def want_all(connection: psycopg.Connection, why: str = AUDIT) -> int:
    """Mark every page dirty, but dead letters that were dropped; those that say the same cost no rendering."""
    return connection.execute(f"UPDATE page SET {_bulk(why)} WHERE built = wanted AND failed = 0").rowcount


def doubt_what_was_under_way(connection: psycopg.Connection) -> int:
    """Nobody knows what stands in the bucket of pages that were dirty or leased; what failed is tried at once."""
    return connection.execute(
        "UPDATE page SET artifact_hash = NULL, etag = NULL, lease = NULL, leased_until = NULL, failed = 0,"
        " attempts = 0, due_at = now(), wanted = nextval('page_version') WHERE built < wanted OR lease IS NOT NULL"
    ).rowcount


def artifacts(connection: psycopg.Connection, keys: Sequence[str]) -> list[tuple[str, str, bytes]]:
    """(key, path, artifact hash) of those of the pages that stand in the bucket."""
    return connection.execute(
        "SELECT key, path, artifact_hash FROM page WHERE key = ANY (%s) AND path IS NOT NULL"
        " AND artifact_hash IS NOT NULL ORDER BY key",
        [list(keys)],
    ).fetchall()


def forget_artifact(connection: psycopg.Connection, key: str) -> None:
    """The bucket does not hold this page as it should."""
    connection.execute("UPDATE page SET artifact_hash = NULL, etag = NULL WHERE key = %s", [key])


def due_counts(connection: psycopg.Connection) -> dict[str, int]:
    """How many pages of each kind are dirty."""
    rows = connection.execute("SELECT kind, count(*) FROM page WHERE built < wanted GROUP BY kind ORDER BY kind")
    return {kind: many for kind, many in rows}


def known_kinds(connection: psycopg.Connection) -> set[str]:
    """The kinds that the manifest has a page of; walks the index from kind to kind instead of over all pages."""
    rows = connection.execute(
        "WITH RECURSIVE k (kind) AS (SELECT min(kind) FROM page UNION ALL"
        " SELECT (SELECT min(kind) FROM page WHERE kind > k.kind) FROM k WHERE k.kind IS NOT NULL)"
        " SELECT kind FROM k WHERE kind IS NOT NULL"
    )
    return {kind for (kind,) in rows}


def live_count(connection: psycopg.Connection) -> int:
    """How many pages stand in the bucket."""
    row = connection.execute("SELECT count(*) FROM page WHERE path IS NOT NULL").fetchone()
    return int(row[0]) if row else 0


def standing(connection: psycopg.Connection) -> dict[str, str | None]:
    """Path → the tag of what stands there, of all pages; None where that is to change anyway."""
    rows = connection.execute(
        "SELECT path, CASE WHEN built >= wanted AND lease IS NULL THEN etag END FROM page WHERE path IS NOT NULL"
    )
    return dict(rows.fetchall())


def upload_again(connection: psycopg.Connection, expected: Mapping[str, str | None], paths: Sequence[str]) -> int:
    """Want what should stand at these paths, where it is still what was expected; returns how many."""
    known = {path: expected[path] for path in paths if expected[path] is not None}
    return connection.execute(
        f"UPDATE page SET {_bulk('it was not in the bucket')}, artifact_hash = NULL, etag = NULL"
        " FROM unnest(%s::text[], %s::text[]) e (path, etag)"
        " WHERE page.path = e.path AND page.etag = e.etag AND built >= wanted AND lease IS NULL",
        [list(known), list(known.values())],
    ).rowcount


def slots_of(connection: psycopg.Connection, keys: Sequence[str]) -> set[int]:
    """The sitemap slots of those of the pages that are listed now."""
    rows = connection.execute("SELECT DISTINCT shard FROM page WHERE key = ANY (%s) AND indexable", [list(keys)])
    return {slot for (slot,) in rows}


def paths_of(connection: psycopg.Connection, keys: Sequence[str]) -> dict[str, str]:
    """Where those of the pages stand that do."""
    rows = connection.execute("SELECT key, path FROM page WHERE key = ANY (%s) AND path IS NOT NULL", [list(keys)])
    return dict(rows.fetchall())


def failures(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """(key, cause) of every page that could not be built as it is wanted now."""
    rows = connection.execute(
        "SELECT key, error FROM page WHERE failed > 0 AND failed >= wanted AND built < wanted ORDER BY key"
    )
    return [(key, error or "") for key, error in rows]
