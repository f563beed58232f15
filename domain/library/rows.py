"""The rows of a library as they lie in the tables, and all that one fan has of one anime."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

STATUSES = ("planning", "watching", "completed", "paused", "dropped", "rewatching")
KINDS = ("regular", "special")
NEWEST = 2**53
"""Greater than any number of a viewing, a round or a change."""


class Span(Struct, frozen=True, kw_only=True):
    """When a round was begun and ended, each as exactly as is known.

    What was `said` by the fan stands, even if that is nothing; all else follows from the watches of the round.
    """

    started: date | None = None
    started_precision: str | None = None
    started_said: bool = False
    finished: date | None = None
    finished_precision: str | None = None
    finished_said: bool = False


class Row(Span, frozen=True, kw_only=True):
    """A row of `entry`; the dates are those of the first round."""

    user_id: int
    anime_id: UUID
    said: str
    said_at: datetime
    added_at: datetime
    updated_at: datetime
    said_after: int = 0
    cycle: int = 0
    last_watch: int = 0
    score: int | None = None
    notes: str = ""
    tags: tuple[str, ...] = ()
    private: bool = False
    favourite: bool = False
    priority: int = 0
    status: str = "planning"
    progress: int = 0
    furthest: int = 0
    rewatches: int = 0
    last_rewatched_at: datetime | None = None
    version: int = 0


class Cycle(Span, frozen=True, kw_only=True):
    """A row of `cycle`: a rewatch."""

    number: int
    completed: bool = False


class Play(Struct, frozen=True, array_like=True):
    """A row of `watch`: one viewing of one episode.

    `watched_at` is known where `precision` is `time`; `watched_on` is the day where the fan was, or the first day of
    the month or year that is known.
    """

    id: int
    kind: str
    number: int
    cycle: int
    watched_at: datetime | None
    watched_on: date | None
    precision: str
    source: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that one fan has of one anime, and what the catalogue says of it; without a row it is not tracked.

    `total` is how many regular episodes there are, where that is known; `aired` says whether all have been shown.
    """

    anime_id: UUID
    total: int | None
    aired: bool
    row: Row | None = None
    cycles: tuple[Cycle, ...] = ()
    plays: tuple[Play, ...] = ()

    @property
    def entry(self) -> Row:
        """The row of what is tracked."""
        assert self.row is not None
        return self.row

    def seen(self) -> tuple[Play, ...]:
        """The watches of regular episodes in the present round."""
        return tuple(play for play in self.plays if play.cycle == self.entry.cycle and play.kind == "regular")

    def numbers(self) -> set[int]:
        """The regular episodes watched in the present round."""
        return {play.number for play in self.seen()}


def firsts(plays: Iterable[Play]) -> dict[int, int]:
    """By the number of an episode, the first watch of it that was recorded."""
    found: dict[int, int] = {}
    for play in plays:
        found[play.number] = min(play.id, found.get(play.number, play.id))
    return found
