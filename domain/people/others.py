"""Others: finding somebody, as far as the one who looks may know that they are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from domain.errors import NotFound
from domain.handles import plain
from domain.people.sight import FOUND, PERSON


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as one other sees them: `seen` says whether what they share may be seen, too.

    `following` is `yes`, `asked` or empty; `follows` says whether they follow the one who looks.
    """

    id: int
    handle: str
    display_name: str
    avatar: str | None
    bio: str
    visibility: str
    created_at: datetime
    seen: bool
    following: str
    follows: bool
    muted: bool

    @property
    def name(self) -> str:
        """What others read."""
        return self.display_name or self.handle


_PERSON = f"""
SELECT a.id, a.handle, a.display_name, a.avatar, CASE WHEN {PERSON} THEN a.bio ELSE '' END AS bio, a.visibility,
    a.created_at, {PERSON} AS seen,
    coalesce((SELECT CASE WHEN accepted_at IS NULL THEN 'asked' ELSE 'yes' END FROM follow
        WHERE user_id = %(viewer)s::bigint AND followed_id = a.id), '') AS following,
    EXISTS (SELECT FROM follow WHERE user_id = a.id AND followed_id = %(viewer)s::bigint AND accepted_at IS NOT NULL)
        AS follows,
    EXISTS (SELECT FROM mute WHERE user_id = %(viewer)s::bigint AND muted_id = a.id) AS muted
FROM account a WHERE lower(a.handle) = lower(%(handle)s) AND {FOUND}
"""


def find(connection: psycopg.Connection, handle: str, viewer: int | None) -> Person:
    """Who has this handle. Raises NotFound, the same where nobody has it and where it is not to be known."""
    with connection.cursor(row_factory=class_row(Person)) as cursor:
        found = cursor.execute(_PERSON, {"handle": plain(handle), "viewer": viewer}).fetchone()
    if found is None:
        raise _nobody(handle)
    return found


def seen_by_everybody(connection: psycopg.Connection, handle: str, viewer: int | None) -> Person:
    """Who has this handle, as a visitor sees them. Raises NotFound where a visitor, or this one, may not see it all."""
    if viewer is not None:
        find(connection, handle, viewer)
    person = find(connection, handle, None)
    if not person.seen:
        raise _nobody(handle)
    return person


def _nobody(handle: str) -> NotFound:
    return NotFound(f"nobody here is called {handle[:30]!r}")
