"""Dead letters: work that failed so often that it waits for somebody to look, as rows of one view.

A page that is a dead letter keeps what stood there, holds up nobody, and is tried again by itself when its facts or
its recipe change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from domain.errors import NotFound


@dataclass(frozen=True)
class DeadLetter:
    """`name` is `page anime/7f…` and so on; `at` is when it failed last."""

    name: str
    attempts: int
    error: str
    at: datetime


def listed(connection: psycopg.Connection, limit: int | None = None) -> list[DeadLetter]:
    """Every dead letter, the newest first."""
    with connection.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute("SELECT * FROM dead_letter ORDER BY at DESC, name LIMIT %s", [limit]).fetchall()


def find(connection: psycopg.Connection, name: str) -> DeadLetter:
    """One of them. Raises NotFound."""
    with connection.cursor(row_factory=class_row(DeadLetter)) as cursor:
        found = cursor.execute("SELECT * FROM dead_letter WHERE name = %s", [name]).fetchone()
    if found is None:
        raise NotFound(f"there is no dead letter {name!r}; `autotrack dead list` names them")
    return found


def retry(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """Try these again at once, as often as new ones. Raises NotFound, and then none is tried."""
    _act(connection, names, "failed = 0, attempts = 0, due_at = now(), lane = 0")


def drop(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """Let these rest until their facts or their recipe change; what stands there stays. Raises NotFound as above."""
    _act(connection, names, "built = wanted, attempts = 0, wanted_at = NULL")


def _act(connection: psycopg.Connection, names: Sequence[str], change: str) -> None:
    with connection.transaction():
        keys = [find(connection, name).name.removeprefix("page ") for name in names]
        connection.execute(
            f"UPDATE page SET {change}"
            " WHERE key IN (SELECT key FROM page WHERE key = ANY (%s) ORDER BY key FOR UPDATE)",
            [keys],
        )
