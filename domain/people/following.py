"""Following, blocking and muting: each is one row between two accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from domain.errors import Conflict, Forbidden, NotFound
from domain.handles import plain
from domain.people import others
from domain.people.others import Person
from domain.people.sight import FOUND

MOST = 5_000
"""Accounts that one may follow."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Somebody to whom one has said something: `kind` is follow, asked, asks, follower, block or mute."""

    kind: str
    handle: str
    name: str
    avatar: str | None


def follow(connection: psycopg.Connection, user_id: int, handle: str, at: datetime) -> Person:
    """Follow somebody, or ask to where their profile is for followers. Once more changes nothing.

    Raises NotFound, Forbidden for who has not proved an address, Conflict for oneself and beyond `MOST`.
    """
    person = _other(connection, user_id, handle)
    own = connection.execute(
        "SELECT verified_at IS NOT NULL, (SELECT count(*) FROM follow WHERE user_id = a.id) FROM account a"
        " WHERE id = %s",
        [user_id],
    ).fetchone()
    if own is None or not own[0]:
        raise Forbidden("Please confirm your address first; then you can follow others.")
    if own[1] >= MOST:
        raise Conflict(f"You follow {MOST:,} already; nobody reads more.")
    connection.execute(
        "INSERT INTO follow (user_id, followed_id, asked_at, accepted_at) VALUES (%(me)s, %(other)s, %(at)s,"
        " CASE WHEN %(visibility)s = 'public' THEN %(at)s::timestamptz END) ON CONFLICT DO NOTHING",
        {"me": user_id, "other": person.id, "at": at, "visibility": person.visibility},
    )
    return others.find(connection, handle, user_id)


def unfollow(connection: psycopg.Connection, user_id: int, handle: str) -> None:
    """Follow no more, or ask no more."""
    _cut(connection, "follow", "followed_id", user_id, handle)


def accept(connection: psycopg.Connection, user_id: int, handle: str, at: datetime) -> None:
    """Let somebody follow who asked to. Raises NotFound where nobody of that name asks."""
    done = connection.execute(
        "UPDATE follow f SET accepted_at = %(at)s FROM account a WHERE a.id = f.user_id AND f.followed_id = %(viewer)s"
        f" AND f.accepted_at IS NULL AND lower(a.handle) = lower(%(handle)s) AND {FOUND}",
        {"at": at, "viewer": user_id, "handle": plain(handle)},
    ).rowcount
    if not done:
        raise NotFound(f"{handle[:30]!r} does not ask to follow you")


def refuse(connection: psycopg.Connection, user_id: int, handle: str) -> None:
    """Somebody is not to follow, or no longer; they are not told, and may ask again."""
    connection.execute(
        "DELETE FROM follow f USING account a WHERE a.id = f.user_id AND f.followed_id = %s"
        " AND lower(a.handle) = lower(%s)",
        [user_id, plain(handle)],
    )


def block(connection: psycopg.Connection, user_id: int, handle: str, at: datetime) -> None:
    """From now on neither sees anything of the other, and neither follows the other. Raises NotFound, Conflict."""
    person = _other(connection, user_id, handle)
    connection.execute(
        "INSERT INTO block (user_id, blocked_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [user_id, person.id, at],
    )
    connection.execute(
        "DELETE FROM follow WHERE user_id = %(me)s AND followed_id = %(other)s"
        " OR user_id = %(other)s AND followed_id = %(me)s",
        {"me": user_id, "other": person.id},
    )


def unblock(connection: psycopg.Connection, user_id: int, handle: str) -> None:
    """Nobody follows again by itself."""
    _cut(connection, "block", "blocked_id", user_id, handle)


def mute(connection: psycopg.Connection, user_id: int, handle: str, at: datetime) -> None:
    """See nothing of somebody in the activity; they are not told. Raises NotFound, Conflict."""
    person = _other(connection, user_id, handle)
    connection.execute(
        "INSERT INTO mute (user_id, muted_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [user_id, person.id, at]
    )


def unmute(connection: psycopg.Connection, user_id: int, handle: str) -> None:
    _cut(connection, "mute", "muted_id", user_id, handle)


_TIES = f"""
SELECT t.kind, a.handle, coalesce(nullif(a.display_name, ''), a.handle) AS name, a.avatar FROM (
    SELECT CASE WHEN accepted_at IS NULL THEN 'asked' ELSE 'follow' END AS kind, followed_id AS id FROM follow
        WHERE user_id = %(viewer)s
    UNION ALL SELECT CASE WHEN accepted_at IS NULL THEN 'asks' ELSE 'follower' END, user_id FROM follow
        WHERE followed_id = %(viewer)s
    UNION ALL SELECT 'mute', muted_id FROM mute WHERE user_id = %(viewer)s
    UNION ALL SELECT 'block', blocked_id FROM block WHERE user_id = %(viewer)s
) t JOIN account a ON a.id = t.id WHERE t.kind = 'block' OR {FOUND} ORDER BY t.kind, lower(a.handle)
"""


def ties(connection: psycopg.Connection, user_id: int) -> list[Tie]:
    """Everybody one follows, mutes or blocks, and who follows or asks to; not who has blocked one."""
    with connection.cursor(row_factory=class_row(Tie)) as cursor:
        return cursor.execute(_TIES, {"viewer": user_id}).fetchall()


def _other(connection: psycopg.Connection, user_id: int, handle: str) -> Person:
    person = others.find(connection, handle, user_id)
    if person.id == user_id:
        raise Conflict("That is you.")
    return person


def _cut(connection: psycopg.Connection, table: str, column: str, user_id: int, handle: str) -> None:
    """The row is gone, whether it was there or not; who is behind a handle need not be seen for that."""
    connection.execute(
        f"DELETE FROM {table} t USING account a WHERE a.id = t.{column} AND t.user_id = %s"
        " AND lower(a.handle) = lower(%s)",
        [user_id, plain(handle)],
    )
