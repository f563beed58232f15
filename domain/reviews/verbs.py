"""What fans do with reviews: write one, take it back, read it, report it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.letters import says_nothing
from domain.people.sharing import plain
from domain.people.sight import PERSON, REVIEW
from domain.reviews import markup

LONGEST = 10_000
LONGEST_NOTE = 1_000
TRUSTED = 2
"""So many reviews of a fan wait for staff; once as many are shown, the next are at once."""
REASONS = ("spam", "spoiler", "abuse", "other")
MOST_REACHED = 100_000


@dataclass(frozen=True, slots=True)
class Review:
    """A review: `body` as it was typed, `reached` the episode that its writer had seen, or None.

    `handle` is empty where its writer is gone. `state` is `waiting`, `shown` or `hidden`; `private` says that nobody
    sees it because its writer's entry is.
    """

    id: int
    anime_id: UUID
    handle: str
    body: str
    spoiler: bool
    reached: int | None
    state: str
    private: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed who writes a review."""

    body: str
    spoiler: bool = False
    reached: int | None = None


COLUMNS = (
    "r.id, r.anime_id, coalesce(a.handle, '') AS handle, r.body, r.spoiler, r.reached, r.state, r.private,"
    " r.created_at, r.updated_at"
)
"""Of a review `r` and an account `a`, what Review is made of."""

# Who is trusted is shown at once; what staff have hidden stays so; what waits, waits on.
_WRITE = """
INSERT INTO review AS r (user_id, anime_id, body, spoiler, reached, state, published_at, created_at, updated_at)
SELECT %(user)s, %(anime)s, %(body)s, %(spoiler)s, %(reached)s::integer, said.state,
    CASE WHEN said.state = 'shown' THEN %(at)s::timestamptz END, %(at)s, %(at)s
FROM (SELECT CASE WHEN count(*) >= %(trusted)s THEN 'shown' ELSE 'waiting' END AS state FROM review
    WHERE user_id = %(user)s AND state = 'shown') said
ON CONFLICT (user_id, anime_id) DO UPDATE SET body = excluded.body, spoiler = excluded.spoiler,
    reached = excluded.reached, updated_at = excluded.updated_at, deleted_at = NULL, private = false,
    state = CASE WHEN r.state = 'hidden' THEN 'hidden' ELSE excluded.state END,
    published_at = coalesce(r.published_at, CASE WHEN r.state <> 'hidden' THEN excluded.published_at END)
RETURNING r.id
"""


def write(connection: psycopg.Connection, user_id: int, anime_id: UUID, draft: Draft, at: datetime) -> Review:
    """Write a review of an anime, or write it anew. The first ones of a fan wait for staff, also where they are edited.

    Raises Invalid, NotFound where there is no such anime, Forbidden for who has not proved an address, Conflict where
    the entry is private: a review would tell that it is there.
    """
    body = checked(draft)
    _allow(connection, user_id, anime_id)
    connection.execute(
        _WRITE,
        {"user": user_id, "anime": anime_id, "body": body, "spoiler": draft.spoiler, "reached": draft.reached,
         "at": at, "trusted": TRUSTED},
    )  # fmt: skip
    return own(connection, user_id, anime_id)


def checked(draft: Draft) -> str:
    """What is kept of the text; raises Invalid."""
    body = plain("body", draft.body, LONGEST)
    if says_nothing(markup.text(body)):
        raise Invalid("body", "must say something")
    if draft.reached is not None and not 0 <= draft.reached <= MOST_REACHED:
        raise Invalid("reached", f"must be a number from 0 to {MOST_REACHED:,}")
    return body


def _allow(connection: psycopg.Connection, user_id: int, anime_id: UUID) -> None:
    """Holds the entry, so that it does not become private meanwhile, or the account, so that no private one appears.

    The entry first, as whoever changes entries does; once nothing appears any more it is looked at again.
    """
    _is_private(connection, user_id, anime_id)
    row = connection.execute(
        "SELECT verified_at IS NOT NULL, EXISTS (SELECT FROM anime WHERE id = %s) FROM account WHERE id = %s"
        " FOR NO KEY UPDATE",
        [anime_id, user_id],
    ).fetchone()
    if row is None or not row[0]:
        raise Forbidden("Please confirm your address first; then you can write reviews.")
    if not row[1]:
        raise NotFound("There is no such anime.")
    if _is_private(connection, user_id, anime_id):
        raise Conflict("Your entry is private. A review would tell that it is there: make the entry visible first.")


def _is_private(connection: psycopg.Connection, user_id: int, anime_id: UUID) -> bool:
    """Waits for who changes the entry, and holds it."""
    entry = connection.execute(
        "SELECT private FROM entry WHERE user_id = %s AND anime_id = %s FOR SHARE", [user_id, anime_id]
    ).fetchone()
    return entry == (True,)


def own(connection: psycopg.Connection, user_id: int, anime_id: UUID) -> Review:
    """What one has written of an anime, whether others see it or not. Raises NotFound."""
    return _one(
        connection,
        f"SELECT {COLUMNS} FROM review r JOIN account a ON a.id = r.user_id"
        " WHERE r.user_id = %(user)s AND r.anime_id = %(anime)s AND r.deleted_at IS NULL",
        {"user": user_id, "anime": anime_id},
    )


def find(connection: psycopg.Connection, review_id: int, viewer: int | None) -> Review:
    """A review that this one may see. Raises NotFound."""
    return _one(
        connection,
        f"SELECT {COLUMNS} FROM review r LEFT JOIN account a ON a.id = r.user_id"
        f" WHERE r.id = %(id)s AND {REVIEW} AND (r.user_id IS NULL OR {PERSON})",
        {"id": review_id, "viewer": viewer},
    )


def remove(connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime) -> None:
    """Show it to nobody any more; a while later the row goes too. Raises NotFound."""
    done = connection.execute(
        "UPDATE review SET deleted_at = %s WHERE user_id = %s AND anime_id = %s AND deleted_at IS NULL",
        [at, user_id, anime_id],
    ).rowcount
    if not done:
        raise NotFound("There is no such review.")


def report(connection: psycopg.Connection, review_id: int, user_id: int, reason: str, note: str, at: datetime) -> None:
    """Tell staff that something is wrong with a review; once more from the same one replaces what was said.

    Raises Invalid, NotFound for what one does not see, Forbidden for who has not proved an address, Conflict for one's
    own.
    """
    if reason not in REASONS:
        raise Invalid("reason", f"must be one of {', '.join(REASONS)}")
    said = plain("note", note, LONGEST_NOTE)
    review = find(connection, review_id, user_id)
    row = connection.execute(
        "SELECT a.verified_at IS NOT NULL, r.user_id = a.id FROM account a, review r WHERE a.id = %s AND r.id = %s",
        [user_id, review.id],
    ).fetchone()
    if row is None or not row[0]:
        raise Forbidden("Please confirm your address first; then you can report reviews.")
    if row[1]:
        raise Conflict("This is your own review; you can remove it.")
    connection.execute(
        "INSERT INTO report (user_id, review_id, reason, note, at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, review_id) DO UPDATE SET reason = excluded.reason, note = excluded.note,"
        " at = excluded.at, settled_at = NULL",
        [user_id, review_id, reason, said, at],
    )


def _one(connection: psycopg.Connection, question: str, asked: dict[str, object]) -> Review:
    with connection.cursor(row_factory=class_row(Review)) as cursor:
        found = cursor.execute(question, asked).fetchone()
    if found is None:
        raise NotFound("There is no such review.")
    return found
