"""Sharing: what an account says of itself to others, and who may see it."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import psycopg

from domain.errors import Invalid
from domain.letters import says_nothing
from domain.people.sight import VISIBILITIES

LONGEST_BIO = 500


def share(connection: psycopg.Connection, user_id: int, visibility: str, bio: str, at: datetime) -> None:
    """Set who sees the profile, and what it says. Whoever asked to follow does so once it is public. Raises Invalid."""
    if visibility not in VISIBILITIES:
        raise Invalid("visibility", f"must be one of {', '.join(VISIBILITIES)}")
    connection.execute(
        "UPDATE account SET visibility = %s, bio = %s WHERE id = %s", [visibility, plain("bio", bio), user_id]
    )
    if visibility == "public":
        connection.execute(
            "UPDATE follow SET accepted_at = %s WHERE followed_id = %s AND accepted_at IS NULL", [at, user_id]
        )


def sharing(connection: psycopg.Connection, user_id: int) -> tuple[str, str]:
    """(visibility, bio)."""
    row = connection.execute("SELECT visibility, bio FROM account WHERE id = %s", [user_id]).fetchone()
    return (row[0], row[1]) if row else ("private", "")


def plain(field: str, text: str, longest: int = LONGEST_BIO) -> str:
    """Text of several lines, with nothing in it that is invisible or turns text around; empty where nothing of it is
    seen. Raises Invalid.
    """
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines()]
    kept = "\n".join(lines).strip()
    if len(kept) > longest:
        raise Invalid(field, f"must have at most {longest:,} characters")
    if any(unicodedata.category(letter) in _HIDDEN and letter not in _VISIBLE for letter in kept):
        raise Invalid(field, "must not hold invisible characters")
    return "" if says_nothing(kept) else kept


_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_VISIBLE = frozenset("\n\u200c\u200d\u200e\u200f")
"""Line ends, what joins the parts of an emoji or keeps letters apart, and marks of direction that turn nothing."""
