"""Sessions: where an account is signed in. A row holds the hash of a cookie, so who reads it is nobody."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import dict_row

from domain.accounts import COLUMNS, Account
from domain.roles import IDLE, LONGEST

TOUCHED = timedelta(minutes=10)
"""How exactly it is known when somebody was last here: not each request is to be a write."""
HALFWAY = timedelta(minutes=10)
"""How long a password is remembered while the second step is awaited."""
LONGEST_AGENT = 100


@dataclass(frozen=True, slots=True)
class Session:
    """One place where somebody is signed in; not `complete` between the password and the second step."""

    id: bytes
    account: Account
    agent: str
    complete: bool
    created_at: datetime
    seen_at: datetime

    def is_alive(self, at: datetime) -> bool:
        """Staff are signed out sooner than fans."""
        if not self.complete:
            return at < self.created_at + HALFWAY
        role = self.account.role
        return at < self.seen_at + IDLE[role] and at < self.created_at + LONGEST[role]


def begin(connection: psycopg.Connection, user_id: int, agent: str, at: datetime, complete: bool = True) -> str:
    """Sign in; returns what the cookie is to hold, 256 bits that are kept nowhere."""
    secret = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO session (id, user_id, agent, complete, created_at, seen_at) VALUES (%s, %s, %s, %s, %s, %s)",
        [hashed(secret), user_id, agent[:LONGEST_AGENT], complete, at, at],
    )
    return secret


def find(connection: psycopg.Connection, secret: str, at: datetime) -> Session | None:
    """The session behind a cookie, unless it is over."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT s.id AS session_id, s.agent, s.complete, s.created_at AS began_at, s.seen_at, "
            f"{COLUMNS} FROM session s JOIN account a ON a.id = s.user_id WHERE s.id = %s",
            [hashed(secret)],
        ).fetchone()
    if row is None:
        return None
    own = [row.pop(name) for name in ("session_id", "agent", "complete", "began_at", "seen_at")]
    session = Session(own[0], Account(**row), *own[1:])
    if not session.is_alive(at):
        return None
    if at - session.seen_at >= TOUCHED and session.complete:
        connection.execute("UPDATE session SET seen_at = %s WHERE id = %s", [at, session.id])
    return session


def listed(connection: psycopg.Connection, account: Account, at: datetime) -> list[Session]:
    """Where this account is signed in, the latest first."""
    rows = connection.execute(
        "SELECT id, agent, complete, created_at, seen_at FROM session WHERE user_id = %s AND complete"
        " ORDER BY seen_at DESC, created_at DESC",
        [account.id],
    ).fetchall()
    found = [Session(id, account, *rest) for id, *rest in rows]
    return [session for session in found if session.is_alive(at)]


def end(connection: psycopg.Connection, id: bytes, user_id: int) -> bool:
    """Sign out there; says whether there was such a session of this account."""
    return connection.execute("DELETE FROM session WHERE id = %s AND user_id = %s", [id, user_id]).rowcount > 0


def end_all(connection: psycopg.Connection, user_id: int) -> int:
    """Sign out everywhere; says in how many places that was."""
    return connection.execute("DELETE FROM session WHERE user_id = %s", [user_id]).rowcount


def hashed(secret: str) -> bytes:
    """What is kept of what stands in a cookie; it needs no salt, being chance itself."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
