"""Grants: who gets which role, by whom the operator trusts with the command line."""

from __future__ import annotations

import psycopg
from psycopg.rows import class_row

from domain import accounts, sessions
from domain.accounts import COLUMNS, Account
from domain.errors import Conflict
from domain.roles import STAFF


def grant(connection: psycopg.Connection, handle: str, role: str) -> Account:
    """Give this account a role; signed out everywhere, for rights change at sign-in only. Raises NotFound, Conflict."""
    account = accounts.find(connection, handle)
    if role in STAFF and not account.verified:
        raise Conflict(f"{account.handle} has not proved an address yet; staff must")
    connection.execute("UPDATE account SET role = %s WHERE id = %s", [role, account.id])
    sessions.end_all(connection, account.id)
    return accounts.find(connection, handle)


def staff(connection: psycopg.Connection) -> list[Account]:
    """All who have a role, by role and handle."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(
            f"SELECT {COLUMNS} FROM account a WHERE a.role <> 'fan' ORDER BY a.role, lower(a.handle)"
        ).fetchall()
