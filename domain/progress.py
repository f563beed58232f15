"""Progress: how far the site is from what it should be, and who works at it, by what PostgreSQL knows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg

from domain import brake, state
from domain.lease import BULK, EDITS

LANES = {EDITS: "edits", BULK: "bulk"}
_STATE = "build"
_DUE = "SELECT lane, kind, count(*) FROM page WHERE built < wanted AND due_at < 'infinity' GROUP BY 1, 2 ORDER BY 1, 2"
_WORKERS = (
    "SELECT substr(application_name, 11), count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'autotrack %' GROUP BY 1 ORDER BY 1"
)


@dataclass(frozen=True)
class Progress:
    """Pages that are to be built, by lane and kind, and what is known of the build that wants most of them.

    `planned` pages were to be built when it `began`; `done` of them are. `failed` pages are tried again later, `dead`
    ones when somebody says so. `workers` are the processes that are connected now, by what they do.
    """

    began: datetime | None
    planned: int
    due: dict[str, dict[str, int]]
    failed: int
    dead: int
    workers: dict[str, int]
    brake: str | None
    at: datetime

    @property
    def left(self) -> int:
        return sum(self.due["bulk"].values())

    @property
    def done(self) -> int:
        return max(self.planned - self.left, 0)

    @property
    def rate(self) -> float:
        """Pages a second since the build began."""
        seconds = (self.at - self.began).total_seconds() if self.began else 0
        return self.done / seconds if seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At this rate; None while it is not known."""
        return self.left / self.rate if self.rate else None

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "began": self.began.isoformat() if self.began else None, "at": self.at.isoformat(),
            "planned": self.planned, "done": self.done, "left": self.left, "due": self.due,
            "rate": round(self.rate, 1), "seconds_left": self.seconds_left and round(self.seconds_left),
            "failed": self.failed, "dead": self.dead, "workers": self.workers, "brake": self.brake,
        }  # fmt: skip


def begin(connection: psycopg.Connection, left: int) -> None:
    """A build has marked its pages; `left` of the bulk were due before, so that an unfinished build goes on."""
    before = _known(connection)
    now = look(connection)
    began, done = now.at, 0
    if before and left:
        began, done = datetime.fromisoformat(before["began"]), max(before["planned"] - left, 0)
    value = orjson.dumps({"began": began.isoformat(), "planned": done + now.left}).decode()
    state.remember(connection, _STATE, value)


def look(connection: psycopg.Connection) -> Progress:
    """How things stand at this moment."""
    due: dict[str, dict[str, int]] = defaultdict(dict)
    for lane, kind, many in connection.execute(_DUE):
        due[LANES[lane]][kind] = many
    [(failed, dead, now)] = connection.execute(
        "SELECT count(*) FILTER (WHERE due_at < 'infinity'), count(*) FILTER (WHERE due_at = 'infinity'),"
        " clock_timestamp() FROM page WHERE failed > 0 AND built < wanted"
    ).fetchall()
    known = _known(connection) or {}
    began = datetime.fromisoformat(known["began"]) if known else None
    lanes = {name: due.get(name, {}) for name in LANES.values()}
    return Progress(
        began, known.get("planned", 0), lanes, failed, dead, workers(connection), brake.engaged(connection), now
    )


def workers(connection: psycopg.Connection) -> dict[str, int]:
    """Who is connected: `relay` and `worker bulk`, by name, with how many there are."""
    return dict(connection.execute(_WORKERS).fetchall())


def _known(connection: psycopg.Connection) -> dict[str, Any] | None:
    value = state.recall(connection, _STATE)
    return orjson.loads(value) if value else None
