"""Avatars: which picture an account has; each has a name of its own, so that what stands there never changes."""

from __future__ import annotations

import re
import secrets

import psycopg

_KEY = re.compile(r"avatars/[0-9a-f]{32}\.webp")


def new_key() -> str:
    return f"avatars/{secrets.token_hex(16)}.webp"


def is_key(text: str) -> bool:
    """Whether a picture of somebody may lie there."""
    return _KEY.fullmatch(text) is not None


def choose(connection: psycopg.Connection, user_id: int, key: str | None) -> str | None:
    """Show this picture from now on, or none; returns the key of the one before, which nobody shows any more."""
    row = connection.execute(
        "UPDATE account SET avatar = %s FROM (SELECT avatar FROM account WHERE id = %s FOR UPDATE) before"
        " WHERE id = %s RETURNING before.avatar",
        [key, user_id, user_id],
    ).fetchone()
    return row[0] if row else None


def unknown(connection: psycopg.Connection, keys: list[str]) -> list[str]:
    """Of these, the ones that no account shows."""
    rows = connection.execute(
        "SELECT key FROM unnest(%s::text[]) key WHERE NOT EXISTS (SELECT FROM account WHERE avatar = key)", [keys]
    )
    return [key for (key,) in rows]
