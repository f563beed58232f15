"""The schedule: each thing once at its time, whoever looks, and again when its doer was never heard of again."""

from __future__ import annotations

import psycopg

from domain import schedule
from ports.database import connect

EVERY = {"reconcile": 3600.0}


def test_what_is_due_is_done_by_one_and_then_due_again_later(connection: psycopg.Connection, database_url: str) -> None:
    due(connection)
    with connect(database_url) as other:
        assert schedule.take(connection, EVERY) == "reconcile"
        assert schedule.take(other, EVERY) is None
    schedule.done(connection, "reconcile", 3600)

    assert schedule.take(connection, EVERY) is None
    assert 3500 < seconds_left(connection) <= 3600


def test_what_is_new_waits_for_its_first_time_and_what_is_known_keeps_its_own(connection: psycopg.Connection) -> None:
    schedule.ensure(connection, EVERY)
    assert schedule.overdue(connection, EVERY) is None
    assert 3500 < seconds_left(connection) <= 3600

    schedule.hasten(connection, "reconcile", 10)
    schedule.ensure(connection, EVERY)

    assert seconds_left(connection) <= 10


def test_what_was_missed_for_days_is_done_once(connection: psycopg.Connection) -> None:
    due(connection)
    connection.execute("UPDATE schedule SET next_at = now() - interval '3 days'")
    assert (schedule.overdue(connection, EVERY) or 0) > 2 * 86400

    schedule.take(connection, EVERY)
    schedule.done(connection, "reconcile", 3600)

    assert schedule.overdue(connection, EVERY) is None


def test_what_was_begun_and_never_finished_is_due_again(connection: psycopg.Connection) -> None:
    due(connection)
    schedule.take(connection, EVERY)
    connection.execute("UPDATE schedule SET leased_until = now() - interval '1 second'")

    assert schedule.overdue(connection, EVERY)
    assert schedule.take(connection, EVERY) == "reconcile"


def test_what_is_hastened_while_it_is_done_is_done_again(connection: psycopg.Connection) -> None:
    due(connection)
    schedule.take(connection, EVERY)

    schedule.hasten(connection, "reconcile", 0)
    schedule.done(connection, "reconcile", 3600)

    assert schedule.take(connection, EVERY) == "reconcile"


def test_nobody_puts_off_by_hastening(connection: psycopg.Connection) -> None:
    due(connection)

    schedule.hasten(connection, "reconcile", 60)

    assert schedule.overdue(connection, EVERY) is not None


def due(connection: psycopg.Connection) -> None:
    schedule.hasten(connection, "reconcile", 0)


def seconds_left(connection: psycopg.Connection) -> float:
    row = connection.execute("SELECT extract(epoch FROM next_at - now())::float FROM schedule").fetchone()
    assert row is not None
    return float(row[0])
