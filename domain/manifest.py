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


@dataclass(frozen=True, slots=True)
class Due:
    """A dirty page under lease: the version to reach, and the traces of its last build."""

    key: str
    wanted: int
    path: str | None
    document_hash: bytes | None
    artifact_hash: bytes | None
    recipe: bytes | None


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a page: the verdict, and the traces to compare the next build with."""

    key: str
    wanted: int
    verdict: str
    path: str | None = None
    document_hash: bytes | None = None
    artifact_hash: bytes | None = None
    recipe: bytes | None = None
    tags: Sequence[int] = ()
    expires_on: date | None = None
    indexable: bool = False
    shard: int | None = None
    error: str | None = None


def want(connection: psycopg.Connection, keys: Iterable[str]) -> int:
    """Mark pages dirty, making rows for those that are new; locks in key order. Returns how many."""
    ordered = sorted(set(keys))
    if ordered:
        connection.execute(
            "INSERT INTO page (key, kind, wanted)"
            " SELECT key, split_part(key, '/', 1), nextval('page_version') FROM unnest(%s::text[]) key"
            " ON CONFLICT (key) DO UPDATE SET wanted = nextval('page_version')",
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
        cursor.execute(
            "INSERT INTO page (key, kind, wanted)"
            " SELECT key, split_part(key, '/', 1), nextval('page_version') FROM expected ORDER BY key"
            " ON CONFLICT DO NOTHING"
        )
        return cursor.rowcount


def want_built_with(connection: psycopg.Connection, tags: Sequence[int]) -> int:
    """Mark dirty every page that read one of these tags; returns how many."""
    return connection.execute(
        "UPDATE page SET wanted = nextval('page_version')"
        " FROM (SELECT key FROM page WHERE tags && %s::bigint[] ORDER BY key FOR UPDATE) hit WHERE page.key = hit.key",
        [list(tags)],
    ).rowcount


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
    """Mark dirty the pages of each kind whose recipe is not the one they were built with; counts by kind."""
    return {
        kind: connection.execute(
            "UPDATE page SET wanted = nextval('page_version')"
            " WHERE kind = %s AND built = wanted AND recipe IS DISTINCT FROM %s",
            [kind, recipe],
        ).rowcount
        for kind, recipe in recipes.items()
    }


def forget_objects(connection: psycopg.Connection) -> int:
    """The bucket holds nothing of ours: everything is to be rendered and uploaded again, with its old dates."""
    return connection.execute(
        "UPDATE page SET wanted = nextval('page_version'), artifact_hash = NULL, recipe = NULL, failed = 0"
    ).rowcount


def retry_failed(connection: psycopg.Connection) -> int:
    """Let the next drain try the pages that failed; also takes back leases of builds that were killed."""
    return connection.execute(
        "UPDATE page SET failed = 0, lease = NULL, leased_until = NULL WHERE failed > 0 OR lease IS NOT NULL"
    ).rowcount


def lease(
    connection: psycopg.Connection, batches: Mapping[str, int], keys: Sequence[str] | None = None
) -> tuple[uuid.UUID, list[Due]]:
    """Take dirty pages of the first of these kinds that has any, up to that kind's batch; only `keys` if given."""
    token = uuid.uuid4()
    with connection.cursor(row_factory=class_row(Due)) as cursor:
        for kind, limit in batches.items():
            due = cursor.execute(
                "UPDATE page SET lease = %s, leased_until = now() + %s::interval FROM ("
                "  SELECT key FROM page WHERE kind = %s AND built < wanted AND failed < wanted"
                "  AND (leased_until IS NULL OR leased_until < now()) AND (%s::text[] IS NULL OR key = ANY (%s))"
                "  ORDER BY key LIMIT %s FOR UPDATE SKIP LOCKED"
                ") mine WHERE page.key = mine.key"
                " RETURNING page.key, wanted, path, document_hash, artifact_hash, recipe",
                [token, LEASE, kind, keys, keys, limit],
            ).fetchall()
            if due:
                return token, due
    return token, []


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


def orphans(connection: psycopg.Connection) -> list[str]:
    """Paths that a page has left and where no page stands now."""
    rows = connection.execute(
        "SELECT o.path FROM orphan o WHERE NOT EXISTS (SELECT FROM page p WHERE p.path = o.path) ORDER BY o.path"
    )
    return [path for (path,) in rows]


def forget_orphans(connection: psycopg.Connection, paths: Sequence[str]) -> None:
    """These are no longer in the bucket."""
    connection.execute(
        "DELETE FROM orphan o WHERE path = ANY (%s) OR EXISTS (SELECT FROM page p WHERE p.path = o.path)", [list(paths)]
    )


_COLUMNS = (
    "key", "wanted", "verdict", "path", "document_hash", "artifact_hash", "recipe", "tags", "expires_on",
    "indexable", "shard", "error",
)  # fmt: skip


def finish(connection: psycopg.Connection, token: uuid.UUID, built: Sequence[Built], at: datetime) -> set[int]:
    """Record what became of leased pages, where the lease is still ours; returns the sitemap slots that changed.

    `changed_at` moves only when the document or the address changed, so `lastmod` is honest.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE result (key text, wanted bigint, verdict text, path text, document_hash bytea,"
            " artifact_hash bytea, recipe bytea, tags bigint[], expires_on date, indexable boolean, shard integer,"
            " error text, moved boolean) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY result ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            copy.write("".join(_line(page) for page in built))
        cursor.execute(
            "UPDATE result r SET moved = r.verdict <> 'failed' AND (p.path IS DISTINCT FROM r.path"
            " OR p.document_hash IS DISTINCT FROM r.document_hash OR p.indexable <> r.indexable)"
            " FROM page p WHERE p.key = r.key"
        )
        cursor.execute(
            "INSERT INTO orphan (path) SELECT p.path FROM page p JOIN result r USING (key)"
            " WHERE p.lease = %s AND r.verdict <> 'failed' AND p.path IS DISTINCT FROM r.path"
            " AND p.path IS NOT NULL ON CONFLICT DO NOTHING",
            [token],
        )
        slots = cursor.execute(
            "SELECT DISTINCT s.shard FROM result r JOIN page p USING (key), LATERAL (VALUES (p.shard), (r.shard)) s (shard)"
            " WHERE r.moved AND p.lease = %s AND s.shard IS NOT NULL AND (p.indexable OR r.indexable)",
            [token],
        ).fetchall()
        cursor.execute(_FINISH, {"token": token, "at": at})
    return {slot for (slot,) in slots}


_FINISH = """
UPDATE page p SET
    lease = NULL, leased_until = NULL, verdict = r.verdict, error = r.error, built_at = %(at)s,
    failed = CASE WHEN r.verdict = 'failed' THEN r.wanted ELSE 0 END,
    built = CASE WHEN r.verdict = 'failed' THEN p.built ELSE greatest(p.built, r.wanted) END,
    path = CASE WHEN r.verdict = 'failed' THEN p.path ELSE r.path END,
    document_hash = CASE WHEN r.verdict = 'failed' THEN p.document_hash ELSE r.document_hash END,
    artifact_hash = CASE WHEN r.verdict = 'failed' THEN p.artifact_hash ELSE r.artifact_hash END,
    recipe = CASE WHEN r.verdict = 'failed' THEN p.recipe ELSE r.recipe END,
    tags = CASE WHEN r.verdict = 'failed' THEN ARRAY(SELECT DISTINCT unnest(p.tags || r.tags)) ELSE r.tags END,
    expires_on = CASE WHEN r.verdict = 'failed' THEN p.expires_on ELSE r.expires_on END,
    indexable = CASE WHEN r.verdict = 'failed' THEN p.indexable ELSE r.indexable END,
    shard = CASE WHEN r.verdict = 'failed' THEN p.shard ELSE r.shard END,
    changed_at = CASE WHEN r.moved THEN %(at)s ELSE p.changed_at END
FROM result r WHERE p.key = r.key AND p.lease = %(token)s
"""


def _line(page: Built) -> str:
    return "\t".join(_field(getattr(page, column)) for column in _COLUMNS) + "\n"


def _field(value: object) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)
