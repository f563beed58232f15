"""Staff: what those with a role do to what others wrote is kept, and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with which role; nobody in particular at the command line."""

    user_id: int | None = None
    role: str = OPERATOR


@dataclass(frozen=True, slots=True)
class StaffAct:
    """One act: `subject` is such as `review:5`, both sides hold what it changed."""

    id: int
    at: datetime
    user_id: int | None
    role: str
    verb: str
    subject: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


def note(
    connection: psycopg.Connection, actor: Actor, verb: str, subject: str, before: dict[str, Any],
    after: dict[str, Any], at: datetime, reason: str = "",
) -> None:  # fmt: skip
    """Keep an act, in the transaction of what it did; neither side may hold what somebody wrote or is called."""
    connection.execute(
        "INSERT INTO staff_act (user_id, role, verb, subject, before, after, at, reason)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [actor.user_id, actor.role, verb, subject, Jsonb(before), Jsonb(after), at, reason[:1000]],
    )


def acts_on(connection: psycopg.Connection, subject: str) -> list[StaffAct]:
    """What was done to something, oldest first."""
    with connection.cursor(row_factory=class_row(StaffAct)) as cursor:
        return cursor.execute(
            "SELECT id, at, user_id, role, verb, subject, reason, before, after FROM staff_act"
            " WHERE subject = %s ORDER BY id",
            [subject],
        ).fetchall()
