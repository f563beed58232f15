"""What somebody came for is tracked once they are signed in: the title they pressed Track on, and a guest's list."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import accumulate
from typing import Literal
from uuid import UUID

import msgspec
import psycopg

from domain.errors import NotFound
from domain.library.guest import MOST_WATCHED, GuestEntry, merge_guest
from domain.library.verbs import track
from dynamic.came_for import kept

MOST = 5_000
"""Entries of a guest's list that are looked at."""


class Line(msgspec.Struct, frozen=True):
    """An anime of a list that a browser kept."""

    anime: UUID
    status: Literal["planning", "watching", "completed", "paused", "dropped", "rewatching"] = "planning"
    progress: int = 0
    score: int | None = None
    at: datetime | None = None


def track_for(connection: psycopg.Connection, user_id: int, values: Mapping[str, str], at: datetime) -> None:
    """Take over a guest's list, and track the title that `track` names; what is not there any more is let be."""
    came_for = kept(values)
    if guest := _guest(came_for["guest"]):
        merge_guest(connection, user_id, guest, at)
    if came_for["track"]:
        with suppress(NotFound), connection.transaction():
            track(connection, user_id, UUID(came_for["track"]), at, "join")


def _guest(text: str) -> list[GuestEntry]:
    """The lines that say something; a broken one loses no other."""
    try:
        said = msgspec.json.decode(text) if text else []
    except (msgspec.DecodeError, RecursionError):
        return []
    lines = (_line(one) for one in (said[:MOST] if isinstance(said, list) else []))
    known = [line for line in lines if line]
    watched = accumulate(line.progress for line in known)
    return [line for line, so_far in zip(known, watched, strict=True) if so_far <= MOST_WATCHED]


def _line(said: object) -> GuestEntry | None:
    try:
        line = msgspec.convert(said, Line)
    except msgspec.ValidationError:
        return None
    if not 0 <= line.progress <= 5_000 or not 0 <= (line.score or 0) <= 100:
        return None
    since = line.at if line.at and line.at.tzinfo else None
    return GuestEntry(line.anime, line.status, line.progress, line.score, since)
