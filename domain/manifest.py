"""The manifest: which pages are wanted, which are built, and what each was built from.

A page is dirty when `built < wanted`. Versions come from one sequence and are taken under the row's lock, so a
change during a render leaves the page dirty. Nothing here renders or uploads; `jobs/` puts that in order.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg.rows import class_row

LEASE = "30 seconds"
SHARDS = 65536
Place = tuple[int, str]
"""Turn and key: where a page stands in the queue of its kind."""
FIRST: Place = (-32768, "")


@dataclass(frozen=True, slots=True)
class Due:
    """A dirty page under lease: the version to reach, and the traces of its last build."""

    key: str
    turn: int
    wanted: int
    path: str | None
    document_hash: bytes | None
    artifact_hash: bytes | None
    recipe: bytes | None


def _insert(keys: str) -> str:
    """SQL for rows of pages that are new; one whose subject is an anime, or a part of one, has its turn from there."""
    subject, uuid = "split_part(key, '/', 2)", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
    return (
        "INSERT INTO page (key, kind, wanted, turn)"
        " SELECT new.key, split_part(new.key, '/', 1), nextval('page_version'), coalesce(-a.popularity_band, 0) FROM"
        f" (SELECT key, CASE WHEN {subject} ~ '{uuid}' THEN {subject}::uuid END AS anime FROM {keys} ORDER BY key) new"
        " LEFT JOIN anime a ON a.id = new.anime ON CONFLICT (key)"
    )


def want(connection: psycopg.Connection, keys: Iterable[str]) -> int:
    """Mark pages dirty, making rows for those that are new; locks in key order. Returns how many.

    A page that is dirty already, and that nobody is building, stays as it is: whoever leases it has to wait for this
    transaction, and so reads what it commits.
    """
    ordered = sorted(set(keys))
    if ordered:
        connection.execute(
            _insert("unnest(%s::text[]) key") + " DO UPDATE SET wanted = nextval('page_version'), turn = excluded.turn"
            " WHERE page.built >= page.wanted OR page.failed >= page.wanted OR page.lease IS NOT NULL",
            [ordered],
        )
    return len(ordered)


def want_missing(connection: psycopg.Connection, keys: Iterable[str]) -> int:
    """Make dirty rows for those pages that the manifest has never heard of; returns how many."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS expected (key text)")
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE expected")
        with cursor.copy("COPY expected FROM STDIN") as copy:
            copy.write("".join(f"{key}\n" for key in keys))
        cursor.execute(_insert("expected") + " DO NOTHING")
        return cursor.rowcount


def built_with(connection: psycopg.Connection, tags: Sequence[int]) -> list[str]:
    """The keys of the pages that read one of these tags."""
    rows = connection.execute("SELECT key FROM page WHERE tags && %s::bigint[] ORDER BY key", [list(tags)])
    return [key for (key,) in rows]


def want_expired(connection: psycopg.Connection, as_of: date) -> int:
    """Mark dirty what was built for an earlier day and says something else today."""
    return connection.execute(
        "UPDATE page SET wanted = nextval('page_version'), expires_on = NULL WHERE expires_on <= %s", [as_of]
    ).rowcount


def want_outdated(connection: psycopg.Connection, recipes: Mapping[str, bytes]) -> dict[str, int]:
    """Mark dirty the pages of each kind whose recipe is not the one they were built with; counts by kind.

    Kinds are looked up in an index first: looking at every page costs more than building one.
    """
    outdated = connection.execute(
        "SELECT k.kind FROM unnest(%s::text[], %s::bytea[]) k (kind, recipe)"
        " WHERE EXISTS (SELECT FROM page p WHERE p.kind = k.kind AND p.recipe < k.recipe)"
        " OR EXISTS (SELECT FROM page p WHERE p.kind = k.kind AND p.recipe > k.recipe)",
        [list(recipes), list(recipes.values())],
    ).fetchall()
    return {
        kind: connection.execute(
            "UPDATE page SET wanted = nextval('page_version')"
            " WHERE kind = %s AND built = wanted AND recipe IS DISTINCT FROM %s",
            [kind, recipes[kind]],
        ).rowcount
        for (kind,) in outdated
    }


def forget_objects(connection: psycopg.Connection) -> int:
    """The bucket holds nothing of ours: everything is to be rendered and uploaded again, with its old dates."""
    return connection.execute(
        "UPDATE page SET wanted = nextval('page_version'), artifact_hash = NULL, recipe = NULL, failed = 0"
        " WHERE path IS NOT NULL"
    ).rowcount


def want_all(connection: psycopg.Connection) -> int:
    """Mark every page dirty; those that say the same as before cost no rendering."""
    return connection.execute("UPDATE page SET wanted = nextval('page_version') WHERE built = wanted").rowcount


def artifacts(connection: psycopg.Connection, keys: Sequence[str]) -> list[tuple[str, str, bytes]]:
    """(key, path, artifact hash) of those of the pages that stand in the bucket."""
    return connection.execute(
        "SELECT key, path, artifact_hash FROM page WHERE key = ANY (%s) AND path IS NOT NULL"
        " AND artifact_hash IS NOT NULL ORDER BY key",
        [list(keys)],
    ).fetchall()


def forget_artifact(connection: psycopg.Connection, key: str) -> None:
    """The bucket does not hold this page as it should."""
    connection.execute("UPDATE page SET artifact_hash = NULL WHERE key = %s", [key])


def retry_failed(connection: psycopg.Connection) -> int:
    """Let the next drain try the pages that failed; also takes back leases of builds that were killed."""
    return connection.execute(
        "UPDATE page SET failed = 0, lease = NULL, leased_until = NULL"
        " WHERE built < wanted AND (failed > 0 OR lease IS NOT NULL)"
    ).rowcount


def lease(
    connection: psycopg.Connection, kind: str, limit: int, after: Place = FIRST, keys: Sequence[str] | None = None
) -> tuple[uuid.UUID, list[Due]]:
    """Take up to `limit` dirty pages of one kind, by turn and key from `after` on; only `keys` if given.

    `after` spares a drain the index entries of what it has built itself, which stay until the next vacuum.
    """
    token = uuid.uuid4()
    with connection.cursor(row_factory=class_row(Due)) as cursor:
        due = cursor.execute(
            "UPDATE page SET lease = %s, leased_until = now() + %s::interval FROM ("
            "  SELECT key FROM page WHERE kind = %s AND (turn, key) > (%s, %s) AND built < wanted AND failed < wanted"
            "  AND (leased_until IS NULL OR leased_until < now()) AND (%s::text[] IS NULL OR key = ANY (%s))"
            "  ORDER BY turn, key LIMIT %s FOR UPDATE SKIP LOCKED"
            ") mine WHERE page.key = mine.key"
            " RETURNING page.key, page.turn, wanted, path, document_hash, artifact_hash, recipe",
            [token, LEASE, kind, *after, keys, keys, limit],
        ).fetchall()
    return token, due


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


def failures(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """(key, cause) of every page that could not be built as it is wanted now."""
    rows = connection.execute("SELECT key, error FROM page WHERE failed >= wanted AND built < wanted ORDER BY key")
    return [(key, error or "") for key, error in rows]


def state(connection: psycopg.Connection, name: str) -> str | None:
    """What the site remembers under a name."""
    row = connection.execute("SELECT value FROM site_state WHERE name = %s", [name]).fetchone()
    return row[0] if row else None


def remember(connection: psycopg.Connection, name: str, value: str) -> None:
    """Keep a value under a name, over what was there."""
    connection.execute(
        "INSERT INTO site_state VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [name, value]
    )


def orphans(connection: psycopg.Connection, at: datetime) -> list[tuple[str, bool]]:
    """(path, whether it was kept for a while) of what a page has left, where no page stands now, and that may go."""
    return connection.execute(
        "SELECT o.path, o.kept_until > '-infinity' FROM orphan o WHERE o.kept_until <= %s"
        " AND NOT EXISTS (SELECT FROM page p WHERE p.path = o.path) ORDER BY o.path",
        [at],
    ).fetchall()


def forget_orphans(connection: psycopg.Connection, paths: Sequence[str]) -> None:
    """These are no longer in the bucket."""
    connection.execute(
        "DELETE FROM orphan o WHERE path = ANY (%s) OR EXISTS (SELECT FROM page p WHERE p.path = o.path)", [list(paths)]
    )
