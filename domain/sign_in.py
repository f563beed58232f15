"""Signing in: a password for an account, and how guessing is slowed down without locking anybody out for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from domain import accounts, passwords
from domain.accounts import Account
from domain.errors import Invalid, Throttled
from domain.passwords import Hasher

FREE = 5
"""Failures that cost nothing; each further one costs twice the wait of the last, from a second to a quarter hour."""
_FAILURES = (
    "CASE WHEN f.last_at < %(at)s - CASE WHEN f.failures < %(free)s THEN interval '15 minutes' ELSE interval '1 day'"
    " END THEN 1 ELSE f.failures + 1 END"
)


@dataclass(frozen=True)
class _Kept:
    """What is kept of a password, and whose it is."""

    id: int
    password: str


def sign_in(connection: psycopg.Connection, hasher: Hasher, login: str, password: str, at: datetime) -> Account | None:
    """The account with this handle or address and this password, else None, which is noted: commit it.

    Raises Throttled after too many failures. Neither answer nor time tells whether there is such an account.
    """
    login = spelt(login)
    subject = attempt(connection, "password", login, at)
    kept, password = _kept(connection, login), passwords.same(password)
    if not hasher.verify(kept.password if kept else None, password) or kept is None:
        return None
    forgive(connection, subject)
    if hasher.is_outdated(kept.password):
        set_password(connection, kept.id, hasher.hash(password))
    return accounts.of(connection, kept.id)


def spelt(login: str) -> str:
    """A handle or an address in the one spelling by which it is found, and by which failures are counted.

    PostgreSQL, asked for small letters, may take others for the same than we do; so it is not asked.
    """
    login = login.strip().removeprefix("@")
    if "@" in login:
        with suppress(Invalid):
            login = accounts.address(login)
    return login.lower()


def whose(login: str) -> str:
    """SQL for the account of `%(login)s`: by handle; by address who has proved it, else who claimed it first."""
    column = "email" if "@" in login else "handle"
    return f"WHERE lower({column}) = %(login)s ORDER BY verified_at IS NULL, id LIMIT 1"


def is_password(connection: psycopg.Connection, hasher: Hasher, account: Account, password: str, at: datetime) -> bool:
    """Whether this is the account's password; a wrong one is noted: commit it. Raises Throttled."""
    subject = attempt(connection, "again", str(account.id), at)
    row = connection.execute("SELECT password FROM account WHERE id = %s", [account.id]).fetchone()
    right = hasher.verify(row[0] if row else None, passwords.same(password))
    if right:
        forgive(connection, subject)
    return right


def set_password(connection: psycopg.Connection, user_id: int, hashed: str) -> None:
    """Keep another hash."""
    connection.execute("UPDATE account SET password = %s WHERE id = %s", [hashed, user_id])


def attempt(connection: psycopg.Connection, kind: str, who: str, at: datetime) -> bytes:
    """Count a try as failed until it is forgiven; returns by what to forgive it. Raises Throttled.

    The row stays locked until the transaction ends, so that nobody guesses many times at once.
    """
    subject = _subject(kind, who)
    asked = {"subject": subject, "at": at, "free": FREE}
    wait = f"least(900, 2 ^ least({_FAILURES} - %(free)s, 10))"
    taken = connection.execute(
        "INSERT INTO sign_in_failure AS f VALUES (%(subject)s, 1, %(at)s, %(at)s) ON CONFLICT (subject) DO UPDATE SET"
        f" failures = {_FAILURES}, last_at = %(at)s, until = %(at)s +"
        f"   CASE WHEN {_FAILURES} < %(free)s THEN interval '0' ELSE interval '1 second' * {wait} END"
        " WHERE f.until <= %(at)s RETURNING failures",
        asked,
    ).fetchone()
    if taken is None:
        row = connection.execute("SELECT until FROM sign_in_failure WHERE subject = %(subject)s", asked).fetchone()
        raise Throttled(max(1, round((row[0] - at).total_seconds())) if row else 1)
    return subject


def guessed(connection: psycopg.Connection, at: datetime) -> int:
    """How many names were tried in vain within five minutes: many at once is somebody with a list."""
    row = connection.execute(
        "SELECT count(*) FROM sign_in_failure WHERE last_at > %s - interval '5 minutes'", [at]
    ).fetchone()
    return row[0] if row else 0


def forgive(connection: psycopg.Connection, subject: bytes) -> None:
    """It was no failure, nor is what went before held against anybody."""
    connection.execute("DELETE FROM sign_in_failure WHERE subject = %s", [subject])


def forgive_all(connection: psycopg.Connection, account: Account) -> None:
    """Whoever reads the mail of an account may sign in to it at once, however often somebody guessed."""
    subjects = [_subject("password", name) for name in (account.handle, account.email)]
    subjects.append(_subject("again", str(account.id)))
    connection.execute("DELETE FROM sign_in_failure WHERE subject = ANY (%s)", [subjects])


def forget(connection: psycopg.Connection, user_id: int, names: Iterable[str]) -> int:
    """Keep nothing of what was tried with these names of an account, or by it; returns how much there was."""
    subjects = [_subject(kind, name) for kind in ("password", "reset") for name in names]
    subjects += [_subject(kind, str(user_id)) for kind in ("again", "code")]
    return connection.execute("DELETE FROM sign_in_failure WHERE subject = ANY (%s)", [subjects]).rowcount


def _subject(kind: str, who: str) -> bytes:
    return hashlib.sha256(f"{kind}:{who.lower()}".encode("utf-8", "surrogatepass")).digest()


def _kept(connection: psycopg.Connection, login: str) -> _Kept | None:
    with connection.cursor(row_factory=class_row(_Kept)) as cursor:
        return cursor.execute(f"SELECT id, password FROM account {whose(login)}", {"login": login}).fetchone()
