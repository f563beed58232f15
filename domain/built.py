"""The end of a lease: what became of its pages is recorded in the manifest, where the lease is still ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import psycopg

from domain import orphans, overlap

ATTEMPTS = 8
"""After so many failures in a row a page waits for a change of its facts or its recipe."""
AWAY = 10
"""Seconds after which, at most, a page is tried again that the bucket did not take; for that is no fault of its own."""


class Built(NamedTuple):
    """What became of a page: the verdict, and the traces to compare the next build with.

    A page that failed is `lost` where the bucket did not answer, so that nobody knows what stands there now.
    """

    key: str
    wanted: int
    verdict: str
    path: str | None = None
    document_hash: bytes | None = None
    artifact_hash: bytes | None = None
    etag: str | None = None
    recipe: bytes | None = None
    tags: Sequence[int] = ()
    expires_on: date | None = None
    indexable: bool = False
    shard: int | None = None
    lasting: bool = False
    error: str | None = None
    lost: bool = False
    size: int | None = None


KEPT = "30 days"
"""How long an object stays whose address named its content, after another one took its place."""
_TYPES = {  # in the order of the fields of Built
    "key": "text", "wanted": "bigint", "verdict": "text", "path": "text", "document_hash": "bytea",
    "artifact_hash": "bytea", "etag": "text", "recipe": "bytea", "tags": "text", "expires_on": "date",
    "indexable": "boolean", "shard": "integer", "lasting": "boolean", "error": "text", "lost": "boolean",
    "size": "integer",
}  # fmt: skip


def finish(
    connection: psycopg.Connection, number: int, built: Sequence[Built], at: datetime, since: int = 0
) -> set[int]:
    """Record what became of the pages of a lease that are still ours; returns the sitemap slots that changed.

    `since` is the moment (`overlap.moment`) from which they were read. `changed_at` moves only when the document or
    the address changed, so `lastmod` is honest.
    """
    with connection.transaction(), connection.cursor() as cursor:
        overlap.begin_finish(connection)
        # the statistics of a queue are always out of date, so the planner is told: few rows, each found by its key
        cursor.execute(
            "SELECT set_config(name, 'off', true)"
            " FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) name"
        )
        held = _lock(cursor, number, array(page.key for page in built))
        ours = [page for page in built if page.key in held]
        columns = zip(*ours, strict=True) if ours else [()] * len(_TYPES)
        parameters = {**dict(zip(_TYPES, map(array, columns), strict=True)), "at": at}
        slots = cursor.execute(_FINISH, parameters).fetchall()
        _upload_again(connection, number, built, held)
        overlap.read_too_early(connection, since, [page.key for page in ours])
    return {slot for (slot,) in slots if slot is not None}


def _upload_again(connection: psycopg.Connection, number: int, built: Sequence[Built], held: set[str]) -> None:
    """Want those again of which nobody knows what stands in the bucket.

    They were put there after the lease was lost, or where another page left meanwhile, so that it may be cleared.
    """
    put = [page for page in built if page.verdict == "publish"]
    doubtful = {page.key for page in put if page.key not in held}
    cleared = set(orphans.left_since(connection, [page.path or "" for page in put], number))
    doubtful |= {page.key for page in put if page.path in cleared}
    if doubtful:
        connection.execute(
            "UPDATE page SET wanted = nextval('page_version'), wanted_at = coalesce(wanted_at, now()),"
            " artifact_hash = NULL, etag = NULL WHERE key IN"
            " (SELECT key FROM page WHERE key = ANY (%s) ORDER BY key FOR UPDATE)",
            [list(doubtful)],
        )


def _lock(cursor: psycopg.Cursor, number: int, keys: str) -> set[str]:
    """Those of the pages that are still under our lease; in key order, as `want` locks them, against deadlocks."""
    rows = cursor.execute("SELECT key, lease FROM page WHERE key = ANY (%s::text[]) ORDER BY key FOR UPDATE", [keys])
    return {key for key, lease in rows if lease == number}


_RESULT = "unnest({}) r ({})".format(
    ", ".join(f"%({name})s::{type}[]" for name, type in _TYPES.items()), ", ".join(_TYPES)
)
# moved     paths that are left become orphans, and the sitemap slots of both sides are told
# taken     a page whose address another one has taken no longer stands in the bucket, whatever its hash says
# finished  a page that failed keeps the traces of its last build, and is tried again when anything it read changes;
#           one that is lost is no step nearer to being a dead letter, however long the bucket is away
_FINISH = f"""
WITH r AS MATERIALIZED (SELECT * FROM {_RESULT}), result AS (
    SELECT r.*, p.path AS old_path, p.shard AS old_shard, p.indexable AS old_indexable, p.lease AS ours,
        r.verdict <> 'failed' AND (p.path IS DISTINCT FROM r.path
            OR p.document_hash IS DISTINCT FROM r.document_hash OR p.indexable <> r.indexable) AS moved
    FROM r JOIN page p ON p.key = r.key
), orphaned AS (
    INSERT INTO orphan (path, kept_until, version)
    SELECT old_path, CASE WHEN lasting THEN %(at)s::timestamptz + interval '{KEPT}' ELSE '-infinity' END,
        nextval('page_version')
    FROM result WHERE moved AND old_path IS DISTINCT FROM path AND old_path IS NOT NULL
    ON CONFLICT (path) DO UPDATE SET kept_until = excluded.kept_until, version = excluded.version
), taken AS (
    UPDATE page o SET wanted = nextval('page_version'), wanted_at = coalesce(wanted_at, now()),
        artifact_hash = NULL, etag = NULL FROM result r
    WHERE r.verdict = 'publish' AND r.old_path IS DISTINCT FROM r.path
      AND o.path = r.path AND o.key <> r.key AND o.lease IS DISTINCT FROM r.ours
), finished AS (
    UPDATE page p SET
        lease = NULL, leased_until = NULL, verdict = r.verdict, error = r.error, built_at = %(at)s,
        failed = CASE WHEN r.verdict = 'failed' THEN r.wanted ELSE 0 END,
        wanted_at = CASE WHEN r.verdict = 'failed' OR p.wanted > r.wanted THEN p.wanted_at END,
        built = CASE WHEN r.verdict = 'failed' THEN p.built ELSE greatest(p.built, r.wanted) END,
        path = CASE WHEN r.verdict = 'failed' THEN p.path ELSE r.path END,
        document_hash = CASE WHEN r.verdict = 'failed' THEN p.document_hash ELSE r.document_hash END,
        artifact_hash = CASE WHEN r.lost THEN NULL WHEN r.verdict = 'failed' THEN p.artifact_hash
            ELSE r.artifact_hash END,
        etag = CASE WHEN r.lost OR r.verdict = 'gone' THEN NULL WHEN r.verdict = 'publish' THEN r.etag ELSE p.etag END,
        attempts = CASE WHEN r.lost THEN p.attempts WHEN r.verdict = 'failed' THEN p.attempts + 1 ELSE 0 END,
        due_at = CASE WHEN r.verdict <> 'failed' THEN least(p.due_at, now())
            WHEN r.lost THEN now() + make_interval(secs => (0.5 + random() / 2) * {AWAY})
            WHEN p.attempts + 1 >= {ATTEMPTS} THEN 'infinity'
            ELSE now() + make_interval(secs => (0.5 + random() / 2) * power(2, p.attempts + 1)) END,
        size = CASE WHEN r.verdict <> 'gone' THEN coalesce(r.size, p.size) END,
        recipe = CASE WHEN r.verdict = 'failed' THEN p.recipe ELSE r.recipe END,
        tried = CASE WHEN r.verdict = 'failed' THEN r.recipe END,
        tags = CASE WHEN r.verdict = 'failed' THEN ARRAY(SELECT DISTINCT unnest(p.tags || r.tags::bigint[]))
            ELSE r.tags::bigint[] END,
        expires_on = CASE WHEN r.verdict = 'failed' THEN p.expires_on ELSE r.expires_on END,
        indexable = CASE WHEN r.verdict = 'failed' THEN p.indexable ELSE r.indexable END,
        shard = CASE WHEN r.verdict = 'failed' THEN p.shard ELSE r.shard END,
        changed_at = CASE WHEN r.moved THEN %(at)s ELSE p.changed_at END
    FROM result r WHERE p.key = r.key
)
SELECT DISTINCT s.slot FROM result, LATERAL (VALUES (old_shard), (shard)) s (slot)
WHERE moved AND (old_indexable OR indexable)
"""


def array(values: Iterable[object]) -> str:
    """The text of a PostgreSQL array; the driver's own way with lists costs a tenth of a build."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, (list, tuple)):
        return f'"{{{",".join(map(str, value))}}}"'
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
