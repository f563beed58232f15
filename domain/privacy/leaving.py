"""Leaving: somebody asks to be erased. In that very transaction all that names them goes; what is left is a number.

What is left to do (rows without number, files, pages) is done by a job that knows no name (`jobs/erase.py`), so
nothing that it says, fails at or leaves behind can tell whose account it was.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

import psycopg
from psycopg import sql

from domain import handles, mails, schedule, sessions, sign_in, tokens
from domain.accounts import Account
from domain.errors import Conflict
from domain.keys import Keys
from domain.privacy import erasing, rows
from domain.privacy.classes import Rule, Table
from domain.privacy.held import PEOPLE

CHORE = "erase"
SHORTEST_NAME = 3
"""Characters of a name that is looked for in texts: shorter ones stand in every text."""


def leave(
    connection: psycopg.Connection, keys: Keys, account: Account, keep_reviews: bool, at: datetime,
    held: Mapping[str, Table] = PEOPLE, tell: bool = True,
) -> str:  # fmt: skip
    """Begin to erase an account: from now on it has no name, and nobody is signed in. Returns the receipt's number.

    Whoever proved an address is written to, if `tell`. What the account wrote may stay without its author, if so
    wished, but for texts that hold one of its names. Raises Conflict where that was asked for before.
    """
    # whoever else writes to this account waits, and then finds it gone
    connection.execute("SELECT FROM account WHERE id = %s FOR UPDATE", [account.id])
    number = secrets.token_bytes(16)
    erasure = _note(connection, account, keep_reviews, number, at)
    known = handles.block(connection, keys, account.id, at)
    names = {*known, account.email, account.display_name, *tokens.addresses(connection, account.id)}
    _forget_names(connection, erasure, account.id, known, names)
    _forget_texts(connection, erasure, account.id, names, held)
    _empty(connection, account.id)
    if account.verified and tell:
        mails.want(connection, account.id, "erased", account.email, at, receipt=number.hex())
    schedule.hasten(connection, CHORE, 0)
    return number.hex()


def _note(connection: psycopg.Connection, account: Account, keep_reviews: bool, number: bytes, at: datetime) -> int:
    row = connection.execute(
        "INSERT INTO erasure (receipt, user_id, reviews, joined_at, files, shown, wanted_at, due_at)"
        " SELECT %s, id, %s, created_at, array_remove(ARRAY[avatar], NULL),"
        " ARRAY(SELECT anime_id FROM review WHERE user_id = a.id), %s, %s FROM account a WHERE id = %s"
        " ON CONFLICT (user_id) DO NOTHING RETURNING id",
        [number, "kept" if keep_reviews else "removed", at, at, account.id],
    ).fetchone()
    if row is None:
        raise Conflict("This account is being erased already.")
    return int(row[0])


def _forget_names(
    connection: psycopg.Connection, erasure: int, user_id: int, known: list[str], names: set[str]
) -> None:
    """What knows the person by a name or lets them in, here and in what others are to be mailed."""
    counted = {
        "handle_history": len(known) - 1,
        "sign_in_failure": sign_in.forget(connection, user_id, names),
        "session": sessions.end_all(connection, user_id),
        "token": tokens.remove(connection, user_id),
        "mail": mails.forget(connection, user_id, known),
    }
    for table, many in counted.items():
        erasing.count(connection, erasure, Rule.REMOVED, table, many)


def _forget_texts(
    connection: psycopg.Connection, erasure: int, user_id: int, names: set[str], held: Mapping[str, Table]
) -> None:
    words = [name for name in names if len(name) >= SHORTEST_NAME]
    for sort in rows.sorts(held):
        if many := rows.remove_what_may_not_stay(connection, user_id, sort, words):
            erasing.count(connection, erasure, Rule.REMOVED, sort.table, many)


def _empty(connection: psycopg.Connection, user_id: int) -> None:
    """A row that says nothing, which nobody can sign in to and nobody is shown, until what points at it is gone."""
    told = rows.changes(PEOPLE["account"].becomes)
    connection.execute(sql.SQL("UPDATE account SET {} WHERE id = %s").format(told), [user_id])
