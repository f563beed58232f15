"""Erasures under way: whose turn it is, which steps are behind, and the receipt. None of it names anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row

from domain.errors import NotFound
from domain.tags import number

LEASE = timedelta(minutes=10)
"""After that another one goes on: who had begun has ended, or hangs."""
LONGEST = timedelta(hours=1)
"""Between two tries of what did not succeed."""
RECEIPT_KEPT = timedelta(days=30)
"""For so long after the last backup is gone the receipt can still be read."""
NOTES = "erased/"
"""Below this, in the bucket of uploads, stands who has left, as numbers."""
_COLUMNS = (
    "id, user_id, reviews = 'kept' AS keeps_reviews, files, done, counts, attempts, wanted_at,"
    " (extract(epoch FROM joined_at) * 1000000)::bigint AS joined"
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """An account that is being erased: a number. `joined` are microseconds, `counts` are by what was done and table."""

    id: int
    user_id: int | None
    keeps_reviews: bool
    files: list[str]
    done: list[str]
    counts: dict[str, dict[str, int]]
    attempts: int
    wanted_at: datetime
    joined: int | None

    @property
    def key(self) -> str:
        """Under which it is noted outside of the database, for the day on which an older one is restored."""
        reviews = "kept" if self.keeps_reviews else "removed"
        return f"{NOTES}{self.wanted_at:%Y-%m-%d}/{self.user_id}-{self.joined}-{reviews}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What may be told of an erasure to who has its number."""

    wanted_at: datetime
    finished_at: datetime | None
    keeps_reviews: bool
    done: list[str]
    counts: dict[str, dict[str, int]]
    backups_until: date | None


def take(connection: psycopg.Connection, at: datetime) -> Erasure | None:
    """One that is due; nobody else gets it for a while, and longer each time that it does not come to its end."""
    with connection.cursor(row_factory=class_row(Erasure)) as cursor:
        return cursor.execute(
            "UPDATE erasure SET attempts = attempts + 1, due_at = %(later)s WHERE id = (SELECT id FROM erasure"
            "   WHERE finished_at IS NULL AND due_at <= %(at)s ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
            f" RETURNING {_COLUMNS}",
            {"at": at, "later": at + LEASE},
        ).fetchone()


def count(connection: psycopg.Connection, erasure_id: int, done: str, table: str, many: int) -> None:
    """Add to what was done, in the transaction that did it."""
    connection.execute(
        "UPDATE erasure SET counts = jsonb_set(counts || jsonb_build_object(%(done)s::text,"
        "   coalesce(counts -> %(done)s::text, '{}')), ARRAY[%(done)s, %(table)s]::text[],"
        "   to_jsonb(coalesce((counts #>> ARRAY[%(done)s, %(table)s]::text[])::bigint, 0) + %(many)s))"
        " WHERE id = %(id)s",
        {"done": done, "table": table, "many": many, "id": erasure_id},
    )


def passed(connection: psycopg.Connection, erasure_id: int, step: str) -> None:
    """A step is behind, and with it whatever had failed."""
    connection.execute(
        "UPDATE erasure SET done = array_append(done, %(step)s::text), error = NULL"
        " WHERE id = %(id)s AND NOT %(step)s = ANY (done)",
        {"step": step, "id": erasure_id},
    )


def rows_are_gone(connection: psycopg.Connection, erasure_id: int) -> None:
    """Every row was seen to; what pages still show of them was logged by now."""
    connection.execute(
        "UPDATE erasure SET rows_gone_at = coalesce(rows_gone_at, clock_timestamp()) WHERE id = %s", [erasure_id]
    )


def is_still_shown(connection: psycopg.Connection, erasure_id: int) -> bool:
    """Whether a page that showed a review of theirs, or a cache, may be older than what was logged of that."""
    row = connection.execute("SELECT shown FROM erasure WHERE id = %s", [erasure_id]).fetchone()
    read = [number(f"anime:{anime}.reviews") for anime in (row[0] if row else ())]
    if not read:
        return False
    found = connection.execute(
        "SELECT EXISTS (SELECT FROM change_log c JOIN erasure e ON c.at <= e.rows_gone_at WHERE e.id = %(id)s)"
        " OR EXISTS (SELECT FROM page WHERE tags && %(read)s::bigint[] AND built < wanted)"
        " OR EXISTS (SELECT FROM purge p JOIN page g ON g.path = p.path WHERE g.tags && %(read)s::bigint[])",
        {"id": erasure_id, "read": read},
    ).fetchone()
    return found == (True,)


def put_off(connection: psycopg.Connection, erasure: Erasure, at: datetime, why: str) -> timedelta:
    """It cannot go on now: twice as long a wait each time, from a second to an hour; returns the wait."""
    wait = min(LONGEST, timedelta(seconds=2 ** min(erasure.attempts - 1, 12)))
    connection.execute("UPDATE erasure SET due_at = %s, error = %s WHERE id = %s", [at + wait, why[:300], erasure.id])
    return wait


def finish(connection: psycopg.Connection, erasure_id: int, at: datetime, backups: timedelta) -> None:
    """Nothing is left but the receipt."""
    connection.execute(
        "UPDATE erasure SET user_id = NULL, joined_at = NULL, files = '{}', shown = '{}', error = NULL,"
        " finished_at = %s, backups_until = %s WHERE id = %s",
        [at, (at + backups).date(), erasure_id],
    )


def receipt(connection: psycopg.Connection, code: str) -> Receipt:
    """The receipt with this code, as it stands in its address. Raises NotFound."""
    with connection.cursor(row_factory=class_row(Receipt)) as cursor:
        found = cursor.execute(
            "SELECT wanted_at, finished_at, reviews = 'kept' AS keeps_reviews, done, counts, backups_until FROM erasure"
            " WHERE receipt = decode(%s, 'hex')",
            [code],
        ).fetchone()
    if found is None:
        raise NotFound("There is no such receipt, or it is too old.")
    return found


def is_under_way(connection: psycopg.Connection, user_id: int) -> bool:
    """Whether this account is being erased."""
    row = connection.execute("SELECT EXISTS (SELECT FROM erasure WHERE user_id = %s)", [user_id]).fetchone()
    return row == (True,)


def waiting(connection: psycopg.Connection, at: datetime) -> tuple[int, float]:
    """How many accounts are being erased, and for how many seconds the first of them has been."""
    row = connection.execute(
        "SELECT count(*), coalesce(extract(epoch FROM %s - min(wanted_at)), 0)::float FROM erasure"
        " WHERE finished_at IS NULL",
        [at],
    ).fetchone()
    return (row[0], max(0.0, row[1])) if row else (0, 0.0)


def next_due(connection: psycopg.Connection, at: datetime) -> float | None:
    """Seconds until one is due; None if none is left."""
    row = connection.execute(
        "SELECT extract(epoch FROM min(due_at) - %s)::float FROM erasure WHERE finished_at IS NULL", [at]
    ).fetchone()
    return max(0.0, row[0]) if row and row[0] is not None else None


def stuck(connection: psycopg.Connection) -> Sequence[tuple[int, str, int]]:
    """(number, why, tries) of those that could not go on."""
    return connection.execute(
        "SELECT id, error, attempts FROM erasure WHERE finished_at IS NULL AND error IS NOT NULL ORDER BY id"
    ).fetchall()


def told(counts: Mapping[str, Mapping[str, int]], called: Mapping[str, Any]) -> dict[str, list[tuple[str, int]]]:
    """What was done → (what people call the rows, how many), the most first; tables we no longer know by their name."""
    return {
        done: sorted(
            ((called[table].called if table in called else table, many) for table, many in tables.items() if many),
            key=lambda each: (-each[1], each[0]),
        )
        for done, tables in counts.items()
    }
