"""What it costs a writer that its changes are logged, and how fast the log is taken up again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from bench import measure
from bench.work import Work
from domain import changes
from jobs.relay import relay

ROUNDS = 3
SINGLES = 4000
BATCH = 5000
_EDIT = (
    "UPDATE anime SET synopsis = coalesce(synopsis, '') || ' x',"
    " synopsis_source = coalesce(synopsis_source, 'https://example.test')"
)
TENTH = "WHERE id IN (SELECT id FROM anime ORDER BY md5(slug) LIMIT (SELECT count(*) / 10 FROM anime))"


@dataclass(frozen=True)
class Capture:
    """Microseconds of the server's CPU that logging adds to a written row, and changes a second."""

    in_bulk: float
    alone: float
    claimed: float
    relayed: float
    scattered: float


def capture(work: Work) -> Capture:
    """Measure on a catalogue with all its pages built."""
    with closing(work.connect()) as connection:
        rows = int(connection.execute("SELECT count(*) FROM anime").fetchall()[0][0])
        ids = [id for (id,) in connection.execute("SELECT id FROM anime ORDER BY id LIMIT %s", [SINGLES])]
        in_bulk = _added(work, connection, lambda: connection.execute(_EDIT), rows)
        alone = _added(work, connection, lambda: _one_by_one(connection, ids), len(ids))
        rates = _claimed(connection), _relayed(connection, TENTH, 10), _relayed(connection, "", 1)
        return Capture(in_bulk, alone, *rates)


def _one_by_one(connection: psycopg.Connection, ids: list[object]) -> None:
    for id in ids:
        connection.execute(f"{_EDIT} WHERE id = %s", [id])


def _added(work: Work, connection: psycopg.Connection, act: measure.Act, rows: int) -> float:
    """The server's CPU for `act` with logging less that without, in turns, in microseconds a row."""
    spent = {True: 0.0, False: 0.0}
    for _ in range(ROUNDS):
        for logged in spent:
            connection.execute("VACUUM anime")
            with logging(connection, logged):
                spent[logged] += measure.call(act, work.servers).servers
    return (spent[True] - spent[False]) / ROUNDS / rows * 1e6


@contextmanager
def logging(connection: psycopg.Connection, logged: bool) -> Iterator[None]:
    """With the trigger or without it, and from an empty log."""
    connection.execute("TRUNCATE change_log")
    connection.execute(f"ALTER TABLE anime {'ENABLE' if logged else 'DISABLE'} TRIGGER log_update")
    try:
        yield
    finally:
        connection.execute("ALTER TABLE anime ENABLE TRIGGER log_update")


def _claimed(connection: psycopg.Connection) -> float:
    for _ in range(4):
        connection.execute(_EDIT)
    began, claimed = time.perf_counter(), 0
    while batch := len(changes.claim(connection, BATCH)):
        claimed += batch
    return claimed / (time.perf_counter() - began)


def _relayed(connection: psycopg.Connection, which: str, times: int) -> float:
    """Changes a second that become dirty pages."""
    connection.execute("UPDATE page SET built = wanted WHERE built < wanted")
    connection.execute("VACUUM (ANALYZE) page")
    for _ in range(times):
        connection.execute(f"{_EDIT} {which}")
    began, relayed = time.perf_counter(), 0
    while batch := relay(connection, BATCH):
        relayed += batch
    return relayed / (time.perf_counter() - began)
