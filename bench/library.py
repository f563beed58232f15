"""`python -m bench.library`: verbs of the library beside bare SQLAlchemy, with few rows and with ten million."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Column, DateTime, Engine, Integer, MetaData, Table, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bench import report
from bench.figures import Figures, Row
from bench.library_rows import FEW, MANY, READERS, fill, pairs
from bench.work import Work, work
from domain.library import verbs as library
from domain.library.entry import states
from domain.library.shelf import PAGE, Query, shelf
from ports.database import connect, engine, pool

ASKED, SHELVES = 1_000, 15
"""Writes and reads in a round, and pages of a library."""
WRITE, READ, SHELF_MS, FLAT = 2.5, 2.0, 120, 1.3
AT = datetime(2026, 11, 1, tzinfo=UTC)
BARE = Table(
    "bare", MetaData(), Column("user_id", BigInteger, primary_key=True), Column("anime_id", Uuid, primary_key=True),
    Column("progress", Integer), Column("updated_at", DateTime(timezone=True)),
)  # fmt: skip
Pair = tuple[int, Any]


@dataclass(frozen=True)
class Place:
    """A database with some fans, an ordinary connection of the web to it, and an engine for the bare statements."""

    connection: psycopg.Connection
    engine: Engine
    pairs: Sequence[Pair]

    def plus_one(self, pair: Pair) -> None:
        library.plus_one(self.connection, *pair, AT, "bench")
        self.connection.commit()

    def upsert(self, pair: Pair) -> None:
        """What is the least that somebody writes who counts episodes in one column."""
        with Session(self.engine) as session:
            row = insert(BARE).values(user_id=pair[0], anime_id=pair[1], progress=1, updated_at=AT)
            more = {"progress": BARE.c.progress + 1, "updated_at": row.excluded.updated_at}
            session.execute(row.on_conflict_do_update(index_elements=["user_id", "anime_id"], set_=more))
            session.commit()

    def state(self, pair: Pair) -> None:
        states(self.connection, pair[0], [pair[1]])
        self.connection.rollback()

    def bare_select(self, pair: Pair) -> None:
        with Session(self.engine) as session:
            session.execute(select(BARE).where(BARE.c.user_id == pair[0], BARE.c.anime_id == pair[1])).one_or_none()

    def shelf(self, fan: int) -> None:
        shelf(self.connection, fan, Query(), limit=PAGE)
        self.connection.rollback()

    def search(self, fan: int) -> None:
        shelf(self.connection, fan, Query(words="title 9", sort="title", score_min=10), limit=PAGE)
        self.connection.rollback()


Verb = Callable[[Place, Any], None]
VERBS: tuple[Verb, ...] = (Place.plus_one, Place.upsert, Place.state, Place.bare_select)
Times = dict[tuple[str, int], float]
"""By verb and number of fans, the seconds that one takes."""


def measure(figures: Figures, place: Work, rounds: int) -> None:
    """Both databases on one server, all in turns; the median of the rounds counts."""
    place.autotrack("migrate")
    place.keep("empty")
    with _filled(place, FEW) as few, _filled(place, MANY) as many:
        found: dict[tuple[str, int], list[float]] = {}
        for number in range(rounds + 1):
            for name, seconds in _round({FEW: few, MANY: many}):
                if number:  # the first one warms up: statements are planned, and pages read
                    found.setdefault(name, []).append(seconds)
    figures.library = _rows({name: median(seconds) for name, seconds in found.items()})


def _round(places: dict[int, Place]) -> Iterator[tuple[tuple[str, int], float]]:
    for verb in VERBS:
        for fans, place in places.items():
            yield (verb.__name__, fans), _seconds(lambda pair, do=verb, at=place: do(at, pair), place.pairs)
    for verb in (Place.shelf, Place.search):
        for entries, fan in READERS.items():
            name = f"{verb.__name__} of {entries:,}"
            for fans, place in places.items():
                yield (name, fans), _seconds(lambda fan, do=verb, at=place: do(at, fan), [fan] * SHELVES)


def _seconds(do: Callable[[Any], None], values: Sequence[Any]) -> float:
    start = time.perf_counter()
    for value in values:
        do(value)
    return (time.perf_counter() - start) / len(values)


def _rows(times: Times) -> list[Row]:
    rows = [
        _ratio(times, "+1 episode ÷ bare upsert by SQLAlchemy", "plus_one", "upsert", WRITE),
        _ratio(times, "state of an anime ÷ bare select by SQLAlchemy", "state", "bare_select", READ),
    ]
    for name in ("shelf of 2,000", "shelf of 5,000", "search of 2,000", "search of 5,000"):
        milliseconds = 1000 * times[name, MANY]
        rows.append(
            Row(f"a page, {name} entries", f"{milliseconds:.1f} ms", f"≤ {SHELF_MS} ms", milliseconds <= SHELF_MS)
        )
    for name in ("plus_one", "state", "shelf of 2,000"):
        grown = times[name, MANY] / times[name, FEW]
        rows.append(Row(f"{name}, ten million watches ÷ few", f"{grown:.2f}", f"≤ {FLAT}", grown <= FLAT))
    return rows


def _ratio(times: Times, what: str, ours: str, bare: str, target: float) -> Row:
    one, other = times[ours, MANY], times[bare, MANY]
    said = f"{one / other:.2f} ({1000 * one:.2f} ÷ {1000 * other:.2f} ms)"
    return Row(what, said, f"≤ {target}", one <= other * target)


@contextmanager
def _filled(place: Work, fans: int) -> Iterator[Place]:
    """A database of its own with so many fans."""
    url = place.another(f"fans_{fans}", "empty")
    with closing(connect(url)) as connection:
        fill(connection, fans)
    bare = engine(url)
    BARE.create(bare)
    with pool(url, 1) as connections, connections.connection() as connection:
        found = pairs(connection, ASKED)
        connection.rollback()
        yield Place(connection, bare, found)
    bare.dispose()


if __name__ == "__main__":
    measured = Figures()
    started = datetime.now(UTC)
    with work() as somewhere:
        measure(measured, somewhere, 5)
    print(f"\n{report.library(measured)}\n\n{(datetime.now(UTC) - started) / timedelta(seconds=1):.0f} s")
