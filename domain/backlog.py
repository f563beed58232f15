"""The backlog: what waits at this moment and for how long, in few questions that stay cheap however much it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from domain import lease, purges
from domain.lease import LANES

MOST = 1_000_000
"""Counting ends here: more than that is a lot, however much it is."""


@dataclass(frozen=True)
class Backlog:
    """`dirty` pages and seconds that free ones have been `waiting` for a worker, by lane; `changes` not relayed yet.

    `oldest` is for how many seconds a change has waited for a page to show it, dead letters left out; `relay` and
    `chores` are the seconds since a relay last ticked and since each chore was last done. None: it never was. `purges`
    are the addresses that the CDN may hold an older answer of, `unpurged` the seconds that the first of them waits.
    """

    dirty: Mapping[int, int]
    waiting: Mapping[int, float]
    oldest: float
    dead: int
    changes: int
    chores: Mapping[str, float | None]
    relay: float | None
    purges: int
    unpurged: float


def measure(connection: psycopg.Connection) -> Backlog:
    """All of it, by the clock of PostgreSQL."""
    unpurged, seconds = purges.waiting(connection)
    return Backlog(
        dirty={lane: _count(connection, f"page WHERE lane = {lane} AND built < wanted") for lane in LANES},
        waiting={lane: found.seconds if (found := lease.waiting(connection, lane)) else 0.0 for lane in LANES},
        oldest=oldest(connection) or 0.0,
        dead=_count(connection, "dead_letter"),
        changes=_count(connection, "change_log"),
        chores=dict(
            connection.execute(f"SELECT name, {_AGE.format('done_at')} FROM schedule ORDER BY name").fetchall()
        ),
        relay=last_beat(connection),
        purges=unpurged,
        unpurged=seconds or 0.0,
    )


_AGE = "extract(epoch FROM clock_timestamp() - {})::float"
_OLDEST = f"""SELECT {_AGE.format("wanted_at")} FROM page
WHERE built < wanted AND wanted_at IS NOT NULL AND due_at < 'infinity' ORDER BY wanted_at LIMIT 1"""


def oldest(connection: psycopg.Connection) -> float | None:
    """For how many seconds the oldest change has waited for a page; None where none does."""
    row = connection.execute(_OLDEST).fetchone()
    return float(row[0]) if row else None


def beat(connection: psycopg.Connection) -> None:
    """Say that a relay ticks."""
    connection.execute(
        "INSERT INTO site_state VALUES ('relay_beat', extract(epoch FROM clock_timestamp())::text)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )


def last_beat(connection: psycopg.Connection) -> float | None:
    """For how many seconds no relay has ticked; None where none ever did."""
    row = connection.execute(
        "SELECT (extract(epoch FROM clock_timestamp()) - value::float)::float FROM site_state WHERE name = 'relay_beat'"
    ).fetchone()
    return float(row[0]) if row else None


def _count(connection: psycopg.Connection, rows: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM (SELECT FROM {rows} LIMIT {MOST}) counted").fetchone()
    return int(row[0]) if row else 0
