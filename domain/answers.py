"""Answers kept for a day: a write that is sent twice with the same key counts once, and is answered the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from domain.errors import Invalid

LONGEST = 64

_CLAIM = """
INSERT INTO answer (user_id, key, request, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id, key) DO NOTHING RETURNING true
"""
_FIND = "SELECT request, status, version, body FROM answer WHERE user_id = %s AND key = %s"
_KEEP = "UPDATE answer SET status = %s, version = %s, body = %s WHERE user_id = %s AND key = %s"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said: an HTTP status, the version that the entry has since, and the body."""

    status: int
    version: int | None
    body: bytes


def claim(connection: psycopg.Connection, user_id: int, key: str, request: bytes, at: datetime) -> Answer | None:
    """Take a key for a request, told by a hash of 16 bytes; returns the answer if that was given before.

    Waits for who has the same key in hand. Raises Invalid where the key is too long, or is another request's.
    """
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid("Idempotency-Key", f"must be 1 to {LONGEST} printable ASCII characters")
    if connection.execute(_CLAIM, [user_id, key, request, at]).fetchone():
        return None
    row = connection.execute(_FIND, [user_id, key]).fetchone()
    if row is None:  # forgotten between the two statements
        return claim(connection, user_id, key, request, at)
    if bytes(row[0]) != request:
        raise Invalid("Idempotency-Key", "was used for another request")
    return Answer(row[1], row[2], bytes(row[3]))


def keep(connection: psycopg.Connection, user_id: int, key: str, answer: Answer) -> None:
    """Remember what is answered to the request that took this key, in the transaction of what it did."""
    connection.execute(_KEEP, [answer.status, answer.version, answer.body, user_id, key])
