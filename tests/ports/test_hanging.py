"""Ports that hang hold nobody for longer than they may, and the error names the setting."""

from __future__ import annotations

import fcntl
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType

import psycopg
import pytest
from structlog.testing import capture_logs

from jobs.deadline import OutOfTime
from jobs.ticker import Ticker
from jobs.worker import Worker
from jobs.world import World
from ports import bucket_directory, database, queue
from ports.bucket import Head, open_bucket
from ports.database import BRIEF, Patience, connect
from ports.errors import Misconfigured, Unavailable
from ports.queue import Wakes, ping
from ports.settings import Settings, from_environment
from tests.autotrack.command import autotrack, eventually
from tests.ports.hung import Line, hung

HEAD = Head("text/plain; charset=utf-8", "no-store")
SOON = 8.0
"""Seconds: long for what gives up after a few tenths, also on a busy machine; what does not waits for longer."""


@pytest.mark.long
def test_a_postgresql_that_takes_connections_and_never_answers(silent: str) -> None:
    with within(SOON), pytest.raises(Unavailable, match="DATABASE_URL"):
        connect(f"postgresql://u:secret@{silent}/x", BRIEF)


def test_a_statement_and_a_lock_that_take_too_long(connection: psycopg.Connection, database_url: str) -> None:
    with connect(database_url, Patience(statement=0.2, lock=0.1)) as hasty:
        with within(SOON), pytest.raises(psycopg.errors.QueryCanceled):
            hasty.execute("SELECT pg_sleep(30)")
        connection.execute("SELECT pg_advisory_lock(1)")
        with within(SOON), pytest.raises(psycopg.errors.LockNotAvailable):
            hasty.execute("SELECT pg_advisory_lock(1)")


def test_a_postgresql_that_falls_silent_in_the_middle(
    database_url: str, monkeypatch: pytest.MonkeyPatch, line: Line
) -> None:
    monkeypatch.setattr(database, "GRACE", 0.3)
    connection = connect(line.url)
    assert connection.execute("SELECT 1").fetchone() == (1,)
    line.hang()
    monkeypatch.setattr(connection, "patience", Patience(statement=0.2))

    with within(SOON), pytest.raises(psycopg.OperationalError, match="DATABASE_URL"):
        connection.execute("SELECT 1")

    assert connection.closed


def test_who_was_stopped_in_a_transaction_lets_the_others_go_on(
    connection: psycopg.Connection, database_url: str
) -> None:
    with connect(database_url, Patience(idle=0.2)) as stopped, within(SOON):
        with pytest.raises(psycopg.Error), stopped.transaction():
            stopped.execute("SELECT pg_advisory_xact_lock(1)")
            connection.execute("SELECT pg_advisory_lock(1)")
            stopped.execute("SELECT 1")


def test_a_redis_that_never_answers_neither_wakes_nor_holds(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "ANSWER", 0.2)
    for ask in (lambda url: Wakes(url).wake("render", "f", 1), ping):
        with within(SOON), pytest.raises(Unavailable, match="REDIS_URL"):
            ask(f"redis://:secret@{silent}/0")


def test_a_worker_whose_redis_never_answers_ends_and_says_why(
    silent: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ANSWER", 0.2)
    settings = from_environment({"DATABASE_URL": database_url, "REDIS_URL": f"redis://{silent}/0"})
    with within(SOON), pytest.raises(Unavailable, match="REDIS_URL"):
        Worker(settings, "render").run()


@pytest.mark.long
def test_a_relay_goes_on_when_its_postgresql_falls_silent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, line: Line
) -> None:
    ticker = Ticker(World(replace(settings, database_url=line.url)), _planned=True)
    ticker.tick()
    line.hang()
    hasty = Patience(connect=2, statement=0.2)
    monkeypatch.setattr("jobs.world.WORKING", hasty)
    monkeypatch.setattr(ticker.world.connection, "patience", hasty)
    monkeypatch.setattr(database, "GRACE", 0.3)
    with capture_logs() as said:
        running = threading.Thread(target=ticker.run, daemon=True)
        running.start()
        assert eventually(lambda: len(said) > 1)
    ticker.stop.set()
    running.join(60)

    assert not running.is_alive()
    assert {line["event"] for line in said} == {"tick failed"}
    assert all("DATABASE_URL" in line["error"] for line in said)
    ticker.world.close()


@pytest.mark.parametrize("inside", [nullcontext, psycopg.Connection.transaction])
def test_a_job_that_runs_out_of_time_in_a_statement_spoils_no_other(
    settings: Settings, inside: Callable[[psycopg.Connection], AbstractContextManager[object]]
) -> None:
    world = World(settings)
    connection = world.connection
    signal.signal(signal.SIGALRM, _out_of_time)
    with within(SOON), pytest.raises((OutOfTime, psycopg.OperationalError)):
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with inside(connection):
            connection.execute("SELECT pg_sleep(30)")

    assert world.connection.execute("SELECT 1").fetchone() == (1,)
    world.close()


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise OutOfTime


def test_who_was_stopped_with_the_lock_of_a_directory_holds_nobody_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_directory, "PATIENCE", 0.2)
    bucket = open_bucket(f"file:{tmp_path}")
    tag = bucket.put("anime/one", b"1", HEAD)
    with (tmp_path / "anime" / bucket_directory.LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for act in (lambda: bucket.put("anime/one", b"2", HEAD, tag), lambda: bucket.delete(["anime/one"])):
            with within(SOON), pytest.raises(Unavailable, match="BUCKET_URL"):
                act()

    bucket.put("anime/one", b"2", HEAD, tag)


@pytest.mark.long
@pytest.mark.parametrize("verb", [("dead", "list"), ("migrate",)])
def test_a_verb_whose_postgresql_never_answers_ends_with_one_line(
    verb: tuple[str, ...], tmp_path: Path, silent: str
) -> None:
    with within(60):
        told = autotrack(*verb, home=tmp_path, DATABASE_URL=f"postgresql://u:secret@{silent}/x", REDIS_URL="redis://x")

    assert told.returncode == 1
    assert told.stderr.startswith("autotrack: ") and told.stderr.count("\n") == 1
    assert "DATABASE_URL" in told.stderr and "secret" not in told.stderr + told.stdout


@pytest.mark.parametrize("url", ["postgresql://[secret", "postgresql://u:secret%ZZ@h/x", "postgresql://h/x?secret=1"])
def test_an_address_of_postgresql_that_cannot_be_read_is_told(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"DATABASE_URL.*postgresql://user") as told:
        connect(url)
    assert "secret" not in str(told.value)


class within:
    """What stands inside takes no longer than so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *error: object) -> None:
        took = time.monotonic() - self.began
        assert took < self.seconds, f"{took:.1f} s"


@pytest.fixture
def silent() -> Iterator[str]:
    with hung() as place:
        yield place


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    line = Line(database_url)
    yield line
    line.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return from_environment(
        {"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": "redis://127.0.0.1:9/0"}
    )
