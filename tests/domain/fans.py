"""Fans with a library, for tests: each verb at a time of its own, a minute after the one before."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from domain.library import changes as library_changes
from domain.library import entry as library_entry
from domain.library import verbs as library
from domain.library.changes import Change
from domain.library.entry import Changed, Entry
from tests.factories import make, update

_numbers = itertools.count(1)
BEGINNING = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def make_account(connection: psycopg.Connection, handle: str = "") -> int:
    """The id of a new account that could never sign in."""
    handle = handle or f"fan_{next(_numbers)}"
    columns = {"handle": handle, "email": f"{handle}@fans.test", "password": "none", "created_at": BEGINNING}
    return make(connection, "account", columns)


def make_member(connection: psycopg.Connection, handle: str = "", **columns: Any) -> int:
    """The id of a new account that has proved its address, and so may write and follow."""
    account = make_account(connection, handle)
    update(connection, "account", {"id": account}, {"verified_at": BEGINNING} | columns)
    return account


class Fan:
    """A fan, who does things one after the other."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection, self.id, self.now = connection, make_account(connection), BEGINNING

    def does(self, verb: str, anime: UUID, *values: Any, **named: Any) -> Changed:
        """A verb of `domain.library.verbs`, a minute later than the last."""
        self.now += timedelta(minutes=1)
        do = getattr(library, verb)
        with self.connection.transaction():
            changed: Changed = do(self.connection, self.id, anime, *values, at=self.now, source="test", **named)
        return changed

    def undoes(self, changed: Changed) -> Changed:
        self.now += timedelta(minutes=1)
        with self.connection.transaction():
            return library_changes.undo(self.connection, self.id, changed.change_id, self.now)

    def entry(self, anime: UUID) -> Entry:
        return library_entry.find(self.connection, self.id, anime)

    def history(self, anime: UUID) -> list[Change]:
        return library_changes.history(self.connection, self.id, anime)

    def plays(self, anime: UUID, columns: str = "number, cycle, kind, precision") -> list[tuple[Any, ...]]:
        """The watches of an anime, in the order in which they were recorded."""
        return self.connection.execute(
            f"SELECT {columns} FROM watch WHERE user_id = %s AND anime_id = %s ORDER BY id", [self.id, anime]
        ).fetchall()

    def everything(self) -> dict[str, list[str]]:
        """All rows of this fan, without what only ever goes on."""
        return {
            table: [
                row
                for (row,) in self.connection.execute(
                    f"SELECT (to_jsonb(t) - '{{version,updated_at,last_watch}}'::text[])::text FROM {table} t"
                    " WHERE user_id = %s ORDER BY 1",
                    [self.id],
                )
            ]
            for table in ("entry", "cycle", "watch")
        }


def wait_for_a_lock(connection: psycopg.Connection) -> None:
    """Return once somebody waits for what this connection holds."""
    waiting = (
        "SELECT pg_sleep(0.01) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(3000):
        if connection.execute(waiting).fetchone():
            return
        connection.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")
