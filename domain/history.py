"""The history of a page that edits reached: its last verdicts, each with its time and what made the page dirty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

KEPT = 5
"""Verdicts of a page that are kept."""


@dataclass(frozen=True)
class Past:
    """One verdict; `why` is what made the page dirty, where somebody said so."""

    at: datetime
    verdict: str
    why: str | None
    error: str | None


def keep(connection: psycopg.Connection, keys: Sequence[str]) -> None:
    """Write down the verdicts that these pages have just got."""
    connection.execute(
        "INSERT INTO verdict_log (key, version, at, verdict, why, error)"
        " SELECT key, greatest(built, failed), built_at, verdict, why, error FROM page"
        " WHERE key = ANY (%s) AND verdict IS NOT NULL ON CONFLICT (key, version) DO UPDATE"
        " SET at = excluded.at, verdict = excluded.verdict, why = excluded.why, error = excluded.error",
        [list(keys)],
    )


def of(connection: psycopg.Connection, key: str) -> list[Past]:
    """The last verdicts of a page, the newest first."""
    with connection.cursor(row_factory=class_row(Past)) as cursor:
        return cursor.execute(
            "SELECT at, verdict, why, error FROM verdict_log WHERE key = %s ORDER BY version DESC LIMIT %s", [key, KEPT]
        ).fetchall()


def prune(connection: psycopg.Connection) -> int:
    """Forget all but the last verdicts of every page; returns how many."""
    return connection.execute(
        "DELETE FROM verdict_log v USING ("
        "  SELECT key, version, row_number() OVER (PARTITION BY key ORDER BY version DESC) AS age FROM verdict_log) old"
        " WHERE v.key = old.key AND v.version = old.version AND old.age > %s",
        [KEPT],
    ).rowcount
