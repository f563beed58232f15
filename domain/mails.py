"""Mails: what is to be mailed, from the transaction that causes it until it was sent or would come too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from domain.tokens import Token

KEPT = timedelta(days=1)
"""For how long a mail without a link is worth being tried."""
LEASE = timedelta(minutes=2)
"""After that another one tries: who had taken it has ended, or hangs."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: `kind` names its template, `said` is what the template may know beside the reader's handle."""

    id: int
    kind: str
    recipient: str
    handle: str
    said: dict[str, Any]
    expires_at: datetime
    attempts: int


def want(
    connection: psycopg.Connection,
    user_id: int,
    kind: str,
    recipient: str,
    at: datetime,
    token: Token | None = None,
    **said: str,
) -> None:
    """Have this mailed; a mail with a link only while its link works. No token where one is due: no mail."""
    if token is None and kind in WITH_LINK:
        return
    if token is not None:
        said["token"] = token.id.hex()
    connection.execute(
        "INSERT INTO mail (user_id, kind, recipient, said, expires_at, due_at) VALUES (%s, %s, %s, %s, %s, %s)",
        [user_id, kind, recipient, Jsonb(said), token.expires_at if token else at + KEPT, at],
    )


WITH_LINK = {"verify": "/verify", "reset": "/reset/new", "email": "/verify"}
"""Kind → the page that its link leads to."""


def take(connection: psycopg.Connection, at: datetime) -> Mail | None:
    """One that is due; nobody else gets it for a while. What would come too late is dropped."""
    connection.execute("DELETE FROM mail WHERE expires_at <= %s", [at])
    with connection.cursor(row_factory=class_row(Mail)) as cursor:
        return cursor.execute(
            "UPDATE mail m SET attempts = attempts + 1, due_at = %(later)s FROM account a"
            " WHERE a.id = m.user_id AND m.id = (SELECT id FROM mail WHERE due_at <= %(at)s"
            "   ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
            " RETURNING m.id, m.kind, m.recipient, a.handle, m.said, m.expires_at, m.attempts",
            {"at": at, "later": at + LEASE},
        ).fetchone()


def done(connection: psycopg.Connection, mail: Mail) -> None:
    """It was sent, or never can be."""
    connection.execute("DELETE FROM mail WHERE id = %s", [mail.id])


def forget(connection: psycopg.Connection, user_id: int, handles: Sequence[str]) -> int:
    """Drop what is to be mailed to this account, and for others about its handles; returns how much that was."""
    return connection.execute(
        "DELETE FROM mail WHERE user_id = %s OR lower(said ->> 'owner') = ANY (%s)", [user_id, list(handles)]
    ).rowcount


def has_any(connection: psycopg.Connection, user_id: int) -> bool:
    """Whether a letter of this account is still on its way."""
    return connection.execute("SELECT EXISTS (SELECT FROM mail WHERE user_id = %s)", [user_id]).fetchone() == (True,)


def put_off(connection: psycopg.Connection, mail: Mail, at: datetime) -> None:
    """It could not be sent now: twice as long a wait each time, from five seconds to ten minutes."""
    wait = timedelta(seconds=min(600, 5 * 2 ** min(mail.attempts - 1, 7)))
    connection.execute("UPDATE mail SET due_at = %s WHERE id = %s", [at + wait, mail.id])


def waiting(connection: psycopg.Connection, at: datetime) -> tuple[int, float]:
    """How many mails there are, and for how many seconds the first has been due and nobody took it."""
    row = connection.execute(
        "SELECT count(*), coalesce(extract(epoch FROM %s - min(due_at)), 0)::float FROM mail", [at]
    ).fetchone()
    return (row[0], max(0.0, row[1])) if row else (0, 0.0)
