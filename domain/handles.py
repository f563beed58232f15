"""Handles: the public names of fans, who may have which, and where an old one leads."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import psycopg

from domain.errors import Invalid
from domain.keys import Keys
from domain.reserved import RESERVED

SHAPE = "[A-Za-z0-9_]{3,20}"
_HANDLE = re.compile(SHAPE)
LEADS_ON = timedelta(days=30)
"""For so long an old handle leads to the new one."""
BLOCKED = timedelta(days=180)
"""For so long nobody else may have a handle that was given up."""
TAKEN = "is taken"
PURPOSE = "handle"


def checked(handle: str) -> str:
    """The handle as typed, without blanks around it; raises Invalid for what none can be."""
    handle = handle.strip().removeprefix("@")
    if not _HANDLE.fullmatch(handle):
        raise Invalid("handle", "must be 3 to 20 characters: letters a to z, digits and _")
    if handle.lower() in RESERVED:
        raise Invalid("handle", TAKEN)
    return handle


def plain(text: str) -> str:
    """A handle that somebody names, without its @; empty where nobody can be called that."""
    handle = text.strip().removeprefix("@")
    return handle if _HANDLE.fullmatch(handle) else ""


def claim(connection: psycopg.Connection, keys: Keys, handle: str, at: datetime, user_id: int | None = None) -> str:
    """The handle, if this account (None: a new one) may have it now; raises Invalid.

    Two who claim it in the same moment both pass; the unique index decides (`account_handle`).
    """
    handle = checked(handle)
    held = connection.execute(
        "SELECT EXISTS (SELECT FROM account WHERE lower(handle) = lower(%(handle)s) AND id IS DISTINCT FROM %(user)s)"
        " OR EXISTS (SELECT FROM handle_history WHERE handle = lower(%(handle)s) AND freed_at > %(since)s"
        "            AND user_id IS DISTINCT FROM %(user)s)"
        " OR EXISTS (SELECT FROM handle_blocked WHERE blind = ANY (%(blinds)s) AND freed_at > %(since)s)",
        {"handle": handle, "user": user_id, "since": at - BLOCKED, "blinds": _blinds(keys, handle)},
    ).fetchone()
    if held == (True,):
        raise Invalid("handle", TAKEN)
    return handle


def free(connection: psycopg.Connection, handle: str, user_id: int, at: datetime) -> None:
    """Note that this account gave up a handle."""
    connection.execute(
        "INSERT INTO handle_history (handle, user_id, freed_at) VALUES (lower(%s), %s, %s)"
        " ON CONFLICT (handle) DO UPDATE SET user_id = excluded.user_id, freed_at = excluded.freed_at",
        [handle, user_id, at],
    )


def take_back(connection: psycopg.Connection, handle: str) -> None:
    """It is somebody's handle again."""
    connection.execute("DELETE FROM handle_history WHERE handle = lower(%s)", [handle])


def block(connection: psycopg.Connection, keys: Keys, user_id: int, at: datetime) -> list[str]:
    """Let nobody have the handles of this account for a while from now on, and forget whose they were; returns them."""
    rows = connection.execute(
        "SELECT lower(handle) FROM account WHERE id = %(user)s UNION ALL"
        " SELECT handle FROM handle_history WHERE user_id = %(user)s",
        {"user": user_id},
    ).fetchall()
    known = [handle for (handle,) in rows]
    connection.execute(
        "INSERT INTO handle_blocked (blind, freed_at) SELECT DISTINCT blind, %s::timestamptz FROM unnest(%s) blind"
        " ON CONFLICT (blind) DO UPDATE SET freed_at = excluded.freed_at",
        [at, [_blinds(keys, handle)[0] for handle in known]],
    )
    connection.execute("DELETE FROM handle_history WHERE user_id = %s", [user_id])
    return known


def leads_to(connection: psycopg.Connection, handle: str, at: datetime) -> str | None:
    """The handle that the owner of this former one has now, while old links are to work; only of who is shown."""
    row = connection.execute(
        "SELECT a.handle FROM handle_history h JOIN account a ON a.id = h.user_id"
        " WHERE h.handle = lower(%s) AND h.freed_at > %s AND a.verified_at IS NOT NULL",
        [handle, at - LEADS_ON],
    ).fetchone()
    return row[0] if row else None


def _blinds(keys: Keys, handle: str) -> list[bytes]:
    """What stands for a handle that nobody is to read, by each key."""
    return keys.derived(PURPOSE, handle.lower().encode())
