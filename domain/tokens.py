"""Tokens: links that were mailed, each for one purpose and one address, used once and not for long.

What stands in the link is the id of a token and a signature over it (`ports/signing.py`): who reads the table
can make no link, and who guesses a link has no signature.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

import psycopg
from psycopg.rows import class_row

from domain.errors import Invalid

LINK = "link"
"""What ids of tokens are signed for."""
VERIFY, RESET, EMAIL = "verify", "reset", "email"
LIVES = {VERIFY: timedelta(hours=24), RESET: timedelta(minutes=30), EMAIL: timedelta(hours=24)}
"""Purpose → for how long a link works: the first proves an address, the second sets a password, the third moves."""
PER_HOUR = 3
"""Links of one purpose that an account is mailed in an hour; whoever asks for more is told nothing else."""
SPENT = "This link was used already, or is too old. Please ask for a new one."


@dataclass(frozen=True, slots=True)
class Token:
    """A link: whose, what for, and to which address it was mailed."""

    id: bytes
    user_id: int
    purpose: str
    email: str
    expires_at: datetime


def issue(connection: psycopg.Connection, user_id: int, purpose: str, email: str, at: datetime) -> Token | None:
    """A new token; None where the account was mailed enough of them lately."""
    with connection.cursor(row_factory=class_row(Token)) as cursor:
        return cursor.execute(
            "INSERT INTO token (id, user_id, purpose, email, created_at, expires_at)"
            " SELECT %(id)s, %(user)s, %(purpose)s, %(email)s, %(at)s, %(until)s WHERE %(most)s > ("
            "   SELECT count(*) FROM token WHERE user_id = %(user)s AND purpose = %(purpose)s"
            "   AND created_at > %(at)s - interval '1 hour')"
            " RETURNING id, user_id, purpose, email, expires_at",
            {"id": secrets.token_bytes(32), "user": user_id, "purpose": purpose, "email": email, "at": at,
             "until": at + LIVES[purpose], "most": PER_HOUR},
        ).fetchone()  # fmt: skip


def look(connection: psycopg.Connection, id: bytes | None, at: datetime, *purposes: str) -> Token:
    """The token behind a link, which stays as it is; raises Invalid."""
    return _one(
        connection,
        "SELECT id, user_id, purpose, email, expires_at FROM token"
        " WHERE id = %(id)s AND purpose = ANY (%(purposes)s) AND expires_at > %(at)s",
        {"id": id, "purposes": list(purposes), "at": at},
    )


def use(connection: psycopg.Connection, id: bytes | None, at: datetime, *purposes: str) -> Token:
    """The token behind a link, which works no more from now on; raises Invalid. Of two at once one gets it."""
    return _one(
        connection,
        "UPDATE token SET expires_at = %(at)s"
        " WHERE id = %(id)s AND purpose = ANY (%(purposes)s) AND expires_at > %(at)s"
        " RETURNING id, user_id, purpose, email, expires_at",
        {"id": id, "purposes": list(purposes), "at": at},
    )


def _one(connection: psycopg.Connection, question: LiteralString, asked: Mapping[str, object]) -> Token:
    with connection.cursor(row_factory=class_row(Token)) as cursor:
        found = cursor.execute(question, asked).fetchone()
    if found is None:
        raise Invalid(SPENT)
    return found


def forget(connection: psycopg.Connection, user_id: int) -> None:
    """No link of this account works any more."""
    connection.execute("UPDATE token SET expires_at = least(expires_at, created_at) WHERE user_id = %s", [user_id])


def addresses(connection: psycopg.Connection, user_id: int) -> list[str]:
    """Where links of this account were mailed to lately."""
    rows = connection.execute("SELECT DISTINCT email FROM token WHERE user_id = %s ORDER BY email", [user_id])
    return [email for (email,) in rows]


def remove(connection: psycopg.Connection, user_id: int) -> int:
    """Nothing is known of links of this account any more; returns how many there were."""
    return connection.execute("DELETE FROM token WHERE user_id = %s", [user_id]).rowcount
