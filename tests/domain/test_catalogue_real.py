"""The real catalogue, 26,280 anime with everything beside them: each row accounted for, exact, repeatable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from jobs.catalogue import import_files
from ports.database import connect
from tests.domain.feeds import contents, versions

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT.parent / "shared" / "data"
RELEASE = DATA / "catalog" / "catalog-2026-07-02.jsonl.gz"
FILES = (
    RELEASE,
    DATA / "catalog" / "catalog-extra.jsonl.gz",
    DATA / "catalog" / "episodes.jsonl.gz",
    DATA / "catalog" / "adult-excluded-ids.jsonl.gz",
    DATA / "streaming" / "streaming.jsonl.gz",
)
PROGRAM = """
import sys
from pathlib import Path
from jobs.catalogue import import_files
from ports.database import connect
with connect(sys.argv[1]) as connection:
    print("begun", flush=True)
    import_files(connection, [Path(path) for path in sys.argv[2:]])
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not RELEASE.exists(), reason=f"the real catalogue is not at {DATA}"),
]


def test_every_row_is_accounted_for_and_a_second_import_changes_none(
    connection: psycopg.Connection,
) -> None:
    report = import_files(connection, FILES)
    outcomes = {file.feed: dict(file.outcomes) for file in report.files}
    assert outcomes == {
        "release": {"added": 26_280},
        "extra": {"added": 26_280, "waiting": 234},
        "episodes": {"added": 12_183},
        "offers": {"added": 36_322, "waiting": 104, "folded": 677},
        "adult": {"waiting": 1_720},
    }
    assert all(file.read == file.outcomes.total() for file in report.files)
    assert len(report.files[0].shared) == 31

    before = versions(connection)
    connection.execute("DELETE FROM change_log")
    again = import_files(connection, reversed_files())
    assert versions(connection) == before
    assert again.rows == {}
    assert connection.execute("SELECT count(*) FROM change_log").fetchone() == (0,)
    assert {name for file in again.files for name in file.outcomes} == {
        "unchanged",
        "waiting",
        "folded",
    }


def test_the_order_of_commands_changes_nothing_but_addresses(
    connection: psycopg.Connection,
) -> None:
    """A slug is set once, from the names known then; everything else is the same."""
    import_files(connection, FILES)
    expected = contents(connection, "slug")
    connection.execute("TRUNCATE anime, studio, genre, platform, feed_record, slug_history CASCADE")
    for path in reversed_files():
        import_files(connection, [path])
    backwards = contents(connection, "slug")
    for table, rows in expected.items():
        assert backwards[table] == rows, f"{table} differs"
    connection.execute("TRUNCATE anime, studio, genre, platform, feed_record, slug_history CASCADE")
    for path in FILES:
        import_files(connection, [path])
    forwards = contents(connection, "slug")
    for table, rows in expected.items():
        assert forwards[table] == rows, f"{table} differs"


@pytest.mark.parametrize("after", [1.0, 5.0, 8.0])
def test_a_killed_import_leaves_nothing_and_the_next_completes_it(database_url: str, after: float) -> None:
    command = [sys.executable, "-c", PROGRAM, database_url, *map(str, FILES)]
    with connect(database_url) as holder, holder.transaction():
        holder.execute("LOCK TABLE offer IN EXCLUSIVE MODE")  # so that it comes to no end, however quick the machine
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
            assert process.stdout and process.stdout.readline() == b"begun\n"
            time.sleep(after)
            os.kill(process.pid, signal.SIGKILL)
    with connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM anime").fetchone() == (0,)
        _wait_for_lock(connection)
        report = import_files(connection, FILES[:1])
        assert report.files[0].outcomes == {"added": 26_280}


def reversed_files() -> list[Path]:
    return list(reversed(FILES))


def _wait_for_lock(connection: psycopg.Connection) -> None:
    """The server notices the death of its client when it next writes to it."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        held = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
        if held == (0,):
            return
        time.sleep(0.1)
