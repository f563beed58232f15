"""Moderation: which reviews wait or were reported, and what staff make of them; each such act is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from domain import staff
from domain.errors import NotFound
from domain.staff import Actor

STATES = {"approve": "shown", "hide": "hidden"}
"""Verb → the state that a review has since."""


@dataclass(frozen=True, slots=True)
class Case:
    """A review that is to be looked at, with how often it was reported and for which reasons."""

    id: int
    slug: str
    handle: str
    state: str
    spoiler: bool
    body: str
    updated_at: datetime
    reports: int
    reasons: list[str]


_CASES = """
SELECT r.id, t.slug, coalesce(a.handle, '') AS handle, r.state, r.spoiler, r.body, r.updated_at,
    coalesce(p.many, 0) AS reports, coalesce(p.reasons, '{}') AS reasons
FROM review r JOIN anime t ON t.id = r.anime_id LEFT JOIN account a ON a.id = r.user_id
LEFT JOIN (SELECT review_id, count(*) AS many, array_agg(DISTINCT reason ORDER BY reason) AS reasons FROM report
    WHERE settled_at IS NULL GROUP BY review_id) p ON p.review_id = r.id
WHERE r.deleted_at IS NULL AND (r.state = 'waiting' OR p.many > 0)
ORDER BY p.many DESC NULLS LAST, r.updated_at LIMIT %s
"""


def cases(connection: psycopg.Connection, limit: int = 100) -> list[Case]:
    """What waits or was reported: the most reported first, then the oldest."""
    with connection.cursor(row_factory=class_row(Case)) as cursor:
        return cursor.execute(_CASES, [limit]).fetchall()


def decide(
    connection: psycopg.Connection, review_id: int, verb: str, actor: Actor, at: datetime, reason: str = ""
) -> str:
    """`approve` or `hide` a review, and settle what was reported of it; returns the state it had. Raises NotFound."""
    row = connection.execute(
        "SELECT state FROM review WHERE id = %s AND deleted_at IS NULL FOR UPDATE", [review_id]
    ).fetchone()
    if row is None:
        raise NotFound(f"there is no review {review_id}; `autotrack review list` tells which there are")
    state = STATES[verb]
    connection.execute(
        "UPDATE review SET state = %(state)s, published_at ="
        " CASE WHEN %(state)s = 'shown' THEN coalesce(published_at, %(at)s) ELSE published_at END WHERE id = %(id)s",
        {"state": state, "at": at, "id": review_id},
    )
    settled = connection.execute(
        "UPDATE report SET settled_at = %s WHERE review_id = %s AND settled_at IS NULL", [at, review_id]
    ).rowcount
    before, after = {"state": row[0], "open_reports": settled}, {"state": state, "open_reports": 0}
    staff.note(connection, actor, verb, f"review:{review_id}", before, after, at, reason)
    return str(row[0])
