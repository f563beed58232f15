"""The schedule: what is to be done every so often, once, whoever is there to do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg

LEASE = 600
"""Seconds after which another one may try what somebody began and never finished."""
_SINCE = "coalesce(leased_until, next_at)"
"""When it became due: at its time, or when the lease of who began with it ran out."""


def take(connection: psycopg.Connection, names: Iterable[str]) -> str | None:
    """The name of something that is due, now ours; None if nothing is. What was missed is done once.

    Until it is done it has no next time, so that whoever hastens it meanwhile is heard.
    """
    row = connection.execute(
        "UPDATE schedule SET leased_until = now() + make_interval(secs => %s), next_at = 'infinity' WHERE name IN"
        f" (SELECT name FROM schedule WHERE name = ANY (%s) AND {_SINCE} <= now()"
        "  ORDER BY name LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING name",
        [LEASE, list(names)],
    ).fetchone()
    return str(row[0]) if row else None


def done(connection: psycopg.Connection, name: str, every: float) -> None:
    """It is done, and due again so many seconds from now, or earlier where it was hastened."""
    connection.execute(
        "UPDATE schedule SET leased_until = NULL, done_at = now(),"
        " next_at = least(next_at, now() + make_interval(secs => %s)) WHERE name = %s",
        [every, name],
    )


def ensure(connection: psycopg.Connection, every: Mapping[str, float]) -> None:
    """Know of these, by name with seconds; one that is new is due after its first time has passed."""
    connection.execute(
        "INSERT INTO schedule (name, next_at) SELECT name, now() + make_interval(secs => seconds)"
        " FROM unnest(%s::text[], %s::float[]) n (name, seconds) ON CONFLICT DO NOTHING",
        [list(every), list(every.values())],
    )


def overdue(connection: psycopg.Connection, names: Iterable[str]) -> float | None:
    """For how many seconds the first of these has been due and free; None if none is."""
    row = connection.execute(
        f"SELECT extract(epoch FROM now() - min({_SINCE}))::float FROM schedule"
        f" WHERE name = ANY (%s) AND {_SINCE} <= now()",
        [list(names)],
    ).fetchone()
    return row[0] if row else None


def late(connection: psycopg.Connection, seconds: float) -> list[tuple[str, float]]:
    """(name, for how many seconds it has been due and free) of those for which that is longer than allowed."""
    return connection.execute(
        f"SELECT name, extract(epoch FROM now() - {_SINCE})::float FROM schedule"
        f" WHERE {_SINCE} < now() - make_interval(secs => %s) ORDER BY name",
        [seconds],
    ).fetchall()


def hasten(connection: psycopg.Connection, name: str, seconds: float) -> None:
    """Let it be due in so many seconds, or earlier if it was to be."""
    connection.execute(
        "INSERT INTO schedule AS s (name, next_at) VALUES (%s, now() + make_interval(secs => %s))"
        " ON CONFLICT (name) DO UPDATE SET next_at = least(s.next_at, excluded.next_at)"
        " WHERE s.next_at > excluded.next_at",
        [name, seconds],
    )
