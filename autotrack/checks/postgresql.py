"""PostgreSQL: reachable, of this schema, durable, with room for more, and of one mind with us about the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import psycopg

from autotrack.checks import NOTE, OK, Finding, judged
from autotrack.migrate import current, newest
from ports.database import BRIEF, connect
from ports.settings import Settings

OLDEST = 15
"""The major version from which on PostgreSQL has all that is used."""
DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}
"""Settings without which a commit is only a promise, with the values that keep it."""
SKEW = 5.0
"""Seconds by which the clocks may differ."""
LONG = 600
"""Seconds after which a transaction is in everybody's way: nothing that it may still see can be tidied up."""
NAME = "postgresql"


def check(settings: Settings) -> Iterator[Finding]:
    """Raises PortError or psycopg.Error where PostgreSQL does not answer."""
    with closing(connect(settings.database_url, BRIEF)) as connection:
        yield _version(connection)
        yield _schema(settings)
        yield from _durable(connection)
        yield _clock(connection)
        yield _room(connection)
        yield from _in_the_way(connection)


def _version(connection: psycopg.Connection) -> Finding:
    number = connection.info.server_version
    return judged(
        NAME, number >= OLDEST * 10_000, f"version {number // 10_000}.{number % 10_000}",
        f"version {number // 10_000} is too old", f"use PostgreSQL {OLDEST} or newer",
    )  # fmt: skip


def _schema(settings: Settings) -> Finding:
    there, known = current(settings.database_url), newest()
    return judged(
        "schema", there == known, f"revision {there}, which this code knows",
        f"the database is at revision {there or 'none'}, this code at {known}",
        "autotrack migrate; if the database is the newer one, upgrade the code",
    )  # fmt: skip


def _durable(connection: psycopg.Connection) -> Iterator[Finding]:
    rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(DURABLE)])
    settings: dict[str, str] = dict(rows.fetchall())
    wrong = [name for name, good in DURABLE.items() if settings.get(name, "") not in good]
    yield judged(
        "durability", not wrong, "what is committed survives a crash",
        f"off: {', '.join(wrong)}; a crash loses what was committed", "turn them on in postgresql.conf and reload",
    )  # fmt: skip


def _clock(connection: psycopg.Connection) -> Finding:
    before = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float").fetchone()
    after = time.time()
    skew = row[0] - (before + after) / 2 if row else 0.0
    return judged(
        "clocks", abs(skew) < SKEW + (after - before), "this machine and PostgreSQL agree about the time",
        f"the clock of PostgreSQL is {skew:+.0f} s from that of this machine", "let NTP set both clocks",
    )  # fmt: skip


def _room(connection: psycopg.Connection) -> Finding:
    row = connection.execute(
        "SELECT count(*), current_setting('max_connections')::integer FROM pg_stat_activity"
        " WHERE backend_type = 'client backend'"
    ).fetchone()
    used, most = row or (0, 1)
    return judged(
        "connections", used < most * 0.9, f"{used} of {most} in use", f"{used} of {most} in use: soon nobody gets in",
        "raise max_connections, or find who holds so many (pg_stat_activity)",
    )  # fmt: skip


def _in_the_way(connection: psycopg.Connection) -> Iterator[Finding]:
    """What lets tables and the log of writes grow without end."""
    slots = connection.execute("SELECT slot_name FROM pg_replication_slots WHERE NOT active").fetchall()
    if slots:
        named = ", ".join(name for (name,) in slots)
        yield Finding("wal", NOTE, f"replication slots that nobody reads keep WAL: {named}", "drop them, or read them")
    old = connection.execute(
        "SELECT pid, application_name, extract(epoch FROM now() - xact_start)::integer FROM pg_stat_activity"
        " WHERE xact_start < now() - make_interval(secs => %s) AND backend_type = 'client backend' ORDER BY 3 DESC",
        [LONG],
    ).fetchall()
    for pid, name, seconds in old:
        said = f"process {pid} ({name or 'no name'}) has been in one transaction for {seconds // 60} minutes"
        yield Finding("transactions", NOTE, said, f"if it is none of yours: SELECT pg_terminate_backend({pid})")
    if not old:
        yield Finding("transactions", OK, "none is in the way of the others")
