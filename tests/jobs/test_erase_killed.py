"""Erasing under `kill -9`: real processes, ended at any moment, bring it to its end together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import psycopg
import pytest

from domain import accounts
from domain.privacy import erasing, leaving
from domain.privacy.held import PEOPLE
from ports import clock
from ports.settings import PROJECT, Settings, from_environment, to_environment
from ports.signing import open_keys
from tests.domain.fans import make_account
from tests.domain.privacy.test_parts import crowd

MOST = 200
"""Processes after which somebody would have to look."""
ERASER = """
from domain.privacy import rows
from jobs.erase import erase
from jobs.world import World
from ports.settings import from_environment
rows.AT_ONCE = 500
print("began", flush=True)
erase(World(from_environment()))
"""


@pytest.mark.long
def test_however_often_it_is_killed_everything_goes_once(connection: psycopg.Connection, settings: Settings) -> None:
    user = make_account(connection, "spike")
    crowd(connection, user)
    number = leaving.leave(connection, open_keys(settings), accounts.of(connection, user), False, clock.now())
    chance, killed = Random(6), 0
    for _ in range(MOST):
        connection.execute("UPDATE erasure SET due_at = '2026-01-01' WHERE finished_at IS NULL")
        if erasing.receipt(connection, number).finished_at:
            break
        killed += run(settings, connection, chance) == -signal.SIGKILL

    receipt = erasing.receipt(connection, number)
    assert receipt.finished_at and killed > 3, f"{killed} were killed"
    counts = receipt.counts["removed"]
    assert (counts["watch"], counts["entry"], counts["account"]) == (100_000, 5_000, 1)
    left = {table for table in PEOPLE if connection.execute(f"SELECT FROM {table}").fetchone() is not None}
    assert left == {"erasure", "handle_blocked"}


def run(settings: Settings, connection: psycopg.Connection, chance: Random) -> int:
    """Begin to erase, and be killed a moment after so many more rows are gone; returns how it ended."""
    with subprocess.Popen(
        [sys.executable, "-c", ERASER], cwd=PROJECT, env=to_environment(settings), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stdout.readline() == b"began\n"
        enough = rows_of(connection) - chance.randrange(15_000)  # of rows, not of time: machines differ
        while process.poll() is None and rows_of(connection) > enough:
            time.sleep(chance.uniform(0, 0.05))
        process.kill()
        return process.wait()


def rows_of(connection: psycopg.Connection) -> int:
    """How much there is left of a list."""
    row = connection.execute("SELECT (SELECT count(*) FROM watch) + (SELECT count(*) FROM entry)").fetchone()
    assert row
    return int(row[0])


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return from_environment({"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url})
