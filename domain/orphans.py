"""Orphans: paths that a page has left; what stands there is removed, unless another page stands there now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import psycopg

_FREE = "NOT EXISTS (SELECT FROM page p WHERE p.path = o.path)"


def claim(connection: psycopg.Connection, paths: Sequence[str]) -> None:
    """Say that something is about to be put at these paths; waits for who is removing something there."""
    if _any(connection):
        connection.execute(
            "UPDATE orphan SET kept_until = greatest(kept_until, now() + interval '1 hour') WHERE path IN"
            " (SELECT path FROM orphan WHERE path = ANY (%s) ORDER BY path FOR UPDATE)",
            [list(paths)],
        )


def _any(connection: psycopg.Connection) -> bool:
    """Whether there is an orphan at all: mostly there is none, and a thousand paths take a while to be looked up."""
    return connection.execute("SELECT EXISTS (SELECT FROM orphan)").fetchone() == (True,)


def left_since(connection: psycopg.Connection, paths: Sequence[str], number: int) -> list[str]:
    """Those of the paths that another page has left after lease `number`, so that they may have been cleared."""
    if not _any(connection):
        return []
    rows = connection.execute(
        "SELECT path FROM orphan WHERE path = ANY (%s) AND version > %s ORDER BY path FOR UPDATE", [list(paths), number]
    )
    return [path for (path,) in rows]


def removable(connection: psycopg.Connection, at: datetime, limit: int | None = None) -> list[tuple[str, bool]]:
    """(path, whether it was kept for a while) of what may go, locked until the caller's transaction ends.

    The lock is held while the objects are deleted: a bucket has no conditional delete, so nobody may put one there.
    """
    return connection.execute(
        f"SELECT o.path, o.kept_until > '-infinity' FROM orphan o WHERE o.kept_until <= %s AND {_FREE}"
        " ORDER BY o.path LIMIT %s FOR UPDATE SKIP LOCKED",
        [at, limit],
    ).fetchall()


def count_removable(connection: psycopg.Connection, at: datetime) -> int:
    """How many pages that stood a moment ago are to be removed."""
    row = connection.execute(
        f"SELECT count(*) FROM orphan o WHERE o.kept_until <= %s AND o.kept_until = '-infinity' AND {_FREE}", [at]
    ).fetchone()
    return int(row[0]) if row else 0


def found(connection: psycopg.Connection, paths: Sequence[str], at: datetime, *, keep: bool = True) -> int:
    """Objects of no page were found at these paths: they may go, or a day later; returns how many were not known."""
    return connection.execute(
        "INSERT INTO orphan (path, kept_until, version)"
        " SELECT path, CASE WHEN %s THEN %s::timestamptz + interval '1 day' ELSE '-infinity' END,"
        f" nextval('page_version') FROM unnest(%s::text[]) o (path) WHERE {_FREE} ORDER BY path"
        " ON CONFLICT (path) DO NOTHING",
        [keep, at, list(paths)],
    ).rowcount


def forget(connection: psycopg.Connection, paths: Sequence[str]) -> None:
    """These are no longer in the bucket; nor is anything an orphan where a page stands."""
    connection.execute(f"DELETE FROM orphan o WHERE path = ANY (%s) OR NOT {_FREE}", [list(paths)])
