"""Purges: which addresses the CDN may hold an older answer of; each is a row until it was purged after its upload.

A row is state and no message: it is written in the transaction that records what was done to the bucket, and goes when
a purge that began later has succeeded. A site behind no CDN has no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from domain import state
from domain.lease import EDITS, LANES

EVERYTHING = "*"
NONE = "none:"
MANY = 5000
"""Where more than this are due in a lane, everything is purged instead: one by one would take minutes."""
LONGEST_TURN = 5
"""Seconds that turns are given out ahead: a clock that was put back holds nobody for longer."""
LEASE = 30
"""Seconds for whoever purges; later another one may. No CDN is waited for longer."""
AGAIN, EVERYTHING_AGAIN = 5, 30
"""Seconds after which it is purged once more: a request that was on its way may have brought the old answer back.

Everything waits longer, so that a deploy empties the CDN once in a while and not all the time.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to be purged, for the upload of this version; `again` says that it was purged once."""

    path: str
    version: int
    again: bool


def stand_behind(connection: psycopg.Connection, cdn: str) -> None:
    """The site stands behind this CDN from now on, by its URL. What one that is new holds nobody knows."""
    with connection.transaction():
        if state.recall(connection, "cdn") == (None if cdn == NONE else cdn):
            return
        connection.execute("LOCK TABLE purge IN SHARE ROW EXCLUSIVE MODE")  # row by row might be a deadlock
        connection.execute("DELETE FROM purge")
        if cdn == NONE:
            connection.execute("DELETE FROM site_state WHERE name = 'cdn'")
        else:
            state.remember(connection, "cdn", cdn)
            want(connection, [EVERYTHING])


def stands_behind(connection: psycopg.Connection) -> str:
    """The URL of the CDN that the site stands behind."""
    return state.recall(connection, "cdn") or NONE


_WANT = """
INSERT INTO purge AS p (path, version, lane)
SELECT DISTINCT path, n, %(lane)s::smallint FROM unnest(%(paths)s::text[]) path, (SELECT nextval('page_version') n) v
ORDER BY path
ON CONFLICT (path) DO UPDATE SET version = excluded.version, lane = least(p.lane, excluded.lane), again = false,
    wanted_at = CASE WHEN p.again THEN now() ELSE p.wanted_at END,
    due_at = CASE WHEN p.path = '*' THEN p.due_at ELSE now() END
"""
# everything that waits to be purged again is not hastened, and so is purged twice in a minute at most


def want(connection: psycopg.Connection, paths: Iterable[str], lane: int = EDITS) -> None:
    """Something was put at these paths, replaced or removed: in this transaction, after all else that it locks."""
    changed = list(paths)
    if changed and stands_behind(connection) != NONE:
        connection.execute(_WANT, {"paths": changed, "lane": lane})


def gather(connection: psycopg.Connection) -> None:
    """Where too many are due in a lane, let everything be purged instead of them."""
    for lane in LANES:
        row = connection.execute(
            "SELECT count(*) FROM (SELECT FROM purge WHERE lane = %s AND due_at <= now() LIMIT %s) due",
            [lane, MANY + 1],
        ).fetchone()
        if row and row[0] > MANY:
            with connection.transaction():
                connection.execute(
                    "DELETE FROM purge WHERE path IN (SELECT path FROM purge WHERE lane = %s AND due_at <= now()"
                    " AND path <> %s ORDER BY path FOR UPDATE SKIP LOCKED)",
                    [lane, EVERYTHING],
                )
                want(connection, [EVERYTHING], lane)


def take(connection: psycopg.Connection, limit: int) -> list[Wanted]:
    """Up to `limit` addresses that are due, ours for LEASE seconds: everything first and alone, edits before bulk."""
    for only in ("=", "<>"):
        rows = connection.execute(
            "UPDATE purge SET due_at = now() + make_interval(secs => %s) FROM (SELECT path FROM purge"
            f" WHERE due_at <= now() AND path {only} %s ORDER BY lane, due_at LIMIT %s FOR UPDATE SKIP LOCKED) mine"
            " WHERE purge.path = mine.path RETURNING purge.path, version, again",
            [LEASE, EVERYTHING, limit],
        ).fetchall()
        if rows:
            return [Wanted(*row) for row in rows]
    return []


def turn(connection: psycopg.Connection, pause: float) -> float:
    """Take one's turn to call the CDN: in so many seconds, at least `pause` after anybody else's."""
    row = connection.execute(
        "INSERT INTO site_state AS s VALUES ('purge_turn', extract(epoch FROM clock_timestamp())::text)"
        " ON CONFLICT (name) DO UPDATE SET"
        " value = greatest(least(s.value::float, extract(epoch FROM clock_timestamp())::float + %s) + %s,"
        " extract(epoch FROM clock_timestamp())::float)::text"
        " RETURNING value::float - extract(epoch FROM clock_timestamp())::float",
        [LONGEST_TURN, pause],
    ).fetchone()
    return max(0.0, row[0]) if row else 0.0


def done(connection: psycopg.Connection, purged: Sequence[Wanted]) -> None:
    """These were purged; those of which nothing was uploaded since are purged once more, or are through."""
    with connection.transaction():
        same = _lock_same(connection, purged)
        connection.execute(
            "DELETE FROM purge WHERE path = ANY (%s)", [[one.path for one in purged if one.again and one.path in same]]
        )
        connection.execute(
            "UPDATE purge SET again = true, due_at = now() + make_interval(secs => CASE WHEN path = %s THEN %s ELSE %s"
            " END) WHERE path = ANY (%s)",
            [EVERYTHING, EVERYTHING_AGAIN, AGAIN, [one.path for one in purged if not one.again and one.path in same]],
        )


def put_off(connection: psycopg.Connection, wanted: Sequence[Wanted], seconds: float) -> None:
    """These could not be purged; they are due again so many seconds from now."""
    with connection.transaction():
        connection.execute(
            "UPDATE purge SET due_at = now() + make_interval(secs => %s) WHERE path = ANY (%s)",
            [seconds, list(_lock_same(connection, wanted))],
        )


def _lock_same(connection: psycopg.Connection, wanted: Sequence[Wanted]) -> set[str]:
    """Those that are wanted for no later upload; locked in the order in which `want` locks, against deadlocks."""
    rows = connection.execute(
        "SELECT p.path FROM purge p JOIN unnest(%s::text[], %s::bigint[]) w (path, version)"
        " ON p.path = w.path AND p.version = w.version ORDER BY p.path FOR UPDATE OF p",
        [[one.path for one in wanted], [one.version for one in wanted]],
    )
    return {path for (path,) in rows}


def waiting(connection: psycopg.Connection) -> tuple[int, float | None]:
    """How many addresses are to be purged for the first time, and for how many seconds the first of them has waited."""
    row = connection.execute(
        "SELECT count(*), extract(epoch FROM clock_timestamp() - min(wanted_at))::float FROM purge WHERE NOT again"
    ).fetchone()
    return row if row else (0, None)


def left(connection: psycopg.Connection) -> int:
    """How many addresses are to be purged, for the first time or once more."""
    row = connection.execute("SELECT count(*) FROM purge").fetchone()
    return int(row[0]) if row else 0


def waits_since(connection: psycopg.Connection, path: str) -> tuple[datetime, bool] | None:
    """Since when an address is to be purged, and whether it was purged once; None if nothing of it waits."""
    return connection.execute(
        "SELECT wanted_at, again FROM purge WHERE path IN (%s, %s) ORDER BY again LIMIT 1", [path, EVERYTHING]
    ).fetchone()
