"""Accounts: joining, and what an account says of itself."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from domain import handles, mails, passwords, tokens
from domain.errors import Invalid, NotFound
from domain.keys import Keys
from domain.letters import BLANK, says_nothing
from domain.passwords import Hasher
from domain.roles import STAFF
from domain.scores import SCALES

LONGEST_NAME, LONGEST_ADDRESS = 50, 254
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z][a-z0-9-]+")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
COLUMNS = (
    "a.id, a.handle, a.display_name, a.email, a.verified_at IS NOT NULL AS verified, a.role, a.scale, a.time_zone,"
    " a.avatar, a.totp_seed IS NOT NULL AS two_step, a.created_at"
)
"""Of an account `a`, what Account is made of."""


@dataclass(frozen=True, slots=True)
class Account:
    """A fan, or one of the staff; `id` is never shown, `two_step` says whether a code is asked for at sign-in."""

    id: int
    handle: str
    display_name: str
    email: str
    verified: bool
    role: str
    scale: str
    time_zone: str
    avatar: str | None
    two_step: bool
    created_at: datetime

    @property
    def name(self) -> str:
        """What others read."""
        return self.display_name or self.handle

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody types who joins."""

    handle: str
    email: str
    password: str
    display_name: str = ""


def join(connection: psycopg.Connection, keys: Keys, hasher: Hasher, newcomer: Newcomer, at: datetime) -> Account:
    """Make an account, and mail a link that proves the address. Raises Invalid.

    An address belongs to an account only once it is proved, so an address that somebody has is no reason to refuse:
    whoever joins learns nothing of who is here already.
    """
    handle = handles.claim(connection, keys, newcomer.handle, at)
    email, name = address(newcomer.email), display_name(newcomer.display_name)
    password = passwords.checked(hasher, newcomer.password, (handle, name, email, email.partition("@")[0]))
    hashed = hasher.hash(password)
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        account = cursor.execute(
            "INSERT INTO account AS a (handle, display_name, email, password, created_at) VALUES (%s, %s, %s, %s, %s)"
            f" ON CONFLICT DO NOTHING RETURNING {COLUMNS}",
            [handle, name, email, hashed, at],
        ).fetchone()
    if account is None:
        raise Invalid("handle", handles.TAKEN)
    welcome(connection, account, at)
    return account


def welcome(connection: psycopg.Connection, account: Account, at: datetime) -> None:
    """Mail the link that proves the address; who has it already in another account is told of that instead."""
    owner = find_by_address(connection, account.email)
    if owner is None or owner.id == account.id:
        token = tokens.issue(connection, account.id, tokens.VERIFY, account.email, at)
        mails.want(connection, account.id, "verify", account.email, at, token)
    else:
        mails.want(connection, account.id, "claimed", account.email, at, owner=owner.handle)


def find(connection: psycopg.Connection, handle: str) -> Account:
    """The account with this handle; raises NotFound."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        found = cursor.execute(
            f"SELECT {COLUMNS} FROM account a WHERE lower(a.handle) = lower(%s)", [handle.removeprefix("@")]
        ).fetchone()
    if found is None:
        raise NotFound(f"nobody here is called {handle[:30]!r}")
    return found


def of(connection: psycopg.Connection, user_id: int) -> Account:
    """The account with this id; raises NotFound."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        found = cursor.execute(f"SELECT {COLUMNS} FROM account a WHERE a.id = %s", [user_id]).fetchone()
    if found is None:
        raise NotFound("this account is gone")
    return found


def rename(connection: psycopg.Connection, keys: Keys, account: Account, handle: str, at: datetime) -> str:
    """Another handle; links to the old one lead on for a while, and nobody else gets it for longer. Raises Invalid."""
    handle = handles.claim(connection, keys, handle, at, account.id)
    try:
        with connection.transaction():
            connection.execute("UPDATE account SET handle = %s WHERE id = %s", [handle, account.id])
    except UniqueViolation as error:
        raise Invalid("handle", handles.TAKEN) from error
    if handle.lower() != account.handle.lower():
        handles.take_back(connection, handle)
        handles.free(connection, account.handle, account.id, at)
    return handle


def joined(connection: psycopg.Connection, user_id: int) -> int:
    """The microsecond in which an account was made; raises NotFound. With the id it is one account for ever."""
    row = connection.execute(
        "SELECT (extract(epoch FROM created_at) * 1000000)::bigint FROM account WHERE id = %s", [user_id]
    ).fetchone()
    if row is None:
        raise NotFound("this account is gone")
    return int(row[0])


def remove(connection: psycopg.Connection, user_id: int) -> int:
    """Remove the row of an account that has left, with whatever still hangs on it; returns how many there were."""
    return connection.execute("DELETE FROM account WHERE id = %s", [user_id]).rowcount


def find_by_address(connection: psycopg.Connection, email: str) -> Account | None:
    """The one account that has proved this address."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(
            f"SELECT {COLUMNS} FROM account a WHERE lower(a.email) = lower(%s) AND a.verified_at IS NOT NULL", [email]
        ).fetchone()


def describe(connection: psycopg.Connection, user_id: int, name: str, scale: str, zone: str) -> None:
    """Set what an account says of itself. Raises Invalid."""
    if scale not in SCALES:
        raise Invalid("scale", f"must be one of {', '.join(SCALES)}")
    connection.execute(
        "UPDATE account SET display_name = %s, scale = %s, time_zone = %s WHERE id = %s",
        [display_name(name), scale, time_zone(zone), user_id],
    )


def address(text: str) -> str:
    """An e-mail address in its one form; raises Invalid."""
    local, _, host = text.strip().rpartition("@")
    try:
        written = f"{local}@{host.encode('idna').decode().lower()}"
    except UnicodeError:
        written = ""
    if not written.isascii() or len(written) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(written):
        raise Invalid("email", "must be an address such as faye@example.org")
    return written


def display_name(text: str) -> str:
    """A name as others read it: one line, nothing invisible, nothing that turns text around; raises Invalid."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(name) > LONGEST_NAME:
        raise Invalid("display_name", f"must have at most {LONGEST_NAME} characters")
    hidden = BLANK & set(name) or any(unicodedata.category(letter) in _UNSEEN for letter in name)
    if hidden or (name and says_nothing(name)):
        raise Invalid("display_name", "must not hold invisible characters")
    return name


def time_zone(text: str) -> str:
    """The name of a zone, such as Europe/Paris; raises Invalid."""
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError) as error:
        raise Invalid("time_zone", "must be a zone such as Europe/Paris") from error
