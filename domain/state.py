"""What the site remembers of itself, by name: the bucket it stands in, the day it was built for, and the like."""

from __future__ import annotations

import psycopg


def recall(connection: psycopg.Connection, name: str) -> str | None:
    """What the site remembers under a name."""
    row = connection.execute("SELECT value FROM site_state WHERE name = %s", [name]).fetchone()
    return row[0] if row else None


def remember(connection: psycopg.Connection, name: str, value: str) -> None:
    """Keep a value under a name, over what was there."""
    connection.execute(
        "INSERT INTO site_state VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [name, value]
    )
