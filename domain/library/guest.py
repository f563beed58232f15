"""A list that a visitor kept before there was an account is taken over: it adds, and never lowers what stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from msgspec.structs import replace as put

from domain.errors import Invalid
from domain.library import rules
from domain.library.dates import EARLIEST, UNKNOWN
from domain.library.derived import settle
from domain.library.entry import MOST, Changed
from domain.library.fields import said
from domain.library.ledger import change_all
from domain.library.rows import Ledger
from domain.library.write import Act

MOST_WATCHED = 200_000
"""Episodes of a whole list: eighty years of watching, and no more than one machine writes down at once."""


@dataclass(frozen=True, slots=True)
class GuestEntry:
    """An anime on a device: watched up to episode `progress`, tracked since `at`; `score` is 0 to 100."""

    anime_id: UUID
    status: str = "planning"
    progress: int = 0
    score: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a list: the entries that there are of it now, and which of its anime there are not."""

    changed: list[Changed]
    unknown: list[UUID]


def merge_guest(
    connection: psycopg.Connection, user_id: int, guest: Sequence[GuestEntry], at: datetime, source: str = "guest"
) -> Merged:
    """Take a list over; once more changes nothing. Raises Invalid for a status or score that is none."""
    if sum(one.progress for one in guest) > MOST_WATCHED:
        raise Invalid("entries", f"must say of {MOST_WATCHED:,} episodes or fewer that they were watched")
    said_of: dict[UUID, list[GuestEntry]] = defaultdict(list)
    for one in guest:
        said_of[one.anime_id].append(one)

    def rule(ledger: Ledger) -> tuple[Ledger, str]:
        after = ledger
        for one in said_of[ledger.anime_id]:
            after = _merged(after, one, user_id, at, source)
        return after, "Taken over from this device."

    wanted = sorted(said_of)  # whoever locks many locks them in this order
    changed: list[Changed] = []
    for start in range(0, len(wanted), MOST):
        act = Act(user_id, at, source, "merge_guest")
        changed += change_all(connection, act, wanted[start : start + MOST], rule, skip_unknown=True)
    known = {one.entry.anime_id for one in changed if one.entry}
    return Merged(changed, [anime_id for anime_id in said_of if anime_id not in known])


def _merged(ledger: Ledger, guest: GuestEntry, user_id: int, at: datetime, source: str) -> Ledger:
    """What the guest watched in addition, the status where none was said here, the score where there is none."""
    new = ledger.row is None
    ledger = rules.tracked(ledger, user_id, at)
    if new and guest.at and guest.at < at and guest.at.year >= EARLIEST:  # some device's clock stands at the beginning
        since = guest.at.astimezone(UTC)
        ledger = replace(ledger, row=put(ledger.entry, added_at=since, said_at=since))
    ever = {play.number for play in ledger.plays if play.kind == "regular"}
    progress = min(guest.progress, ledger.total or rules.MOST_EPISODES)
    missing = sorted(set(range(1, progress + 1)) - ever)
    if missing:
        ledger = rules.watched(ledger, missing, "regular", UNKNOWN, source)
    if guest.status != "planning" and ledger.entry.said == "planning":
        ledger = rules.say(ledger, guest.status, at, source)
    elif guest.status == "completed" and ledger.entry.status == "watching":
        ledger = rules.completed(ledger, at, source)
    if ledger.entry.score is None:
        ledger = replace(ledger, row=said(ledger.entry, {"score": guest.score}))
    return settle(ledger)
