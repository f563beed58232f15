"""`autotrack library recount`: what somebody spoiled follows from the watches again."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from autotrack.cli import main
from domain.library import recount as library_recount
from tests.domain.fans import Fan
from tests.factories import make_anime


def test_all_libraries_or_one_are_recounted(connection: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    anime, fans = [make_anime(connection, episode_count=12) for _ in range(3)], [Fan(connection) for _ in range(3)]
    for fan in fans:
        for one in anime:
            fan.does("watch_up_to", one, 5)
    before = [fan.everything() for fan in fans]
    spoil = "UPDATE entry SET progress = 7 WHERE anime_id <> %s"
    handle = connection.execute("SELECT handle FROM account WHERE id = %s", [fans[1].id]).fetchone()
    assert handle

    def run(*words: str) -> str:
        environ = {"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url}
        result = CliRunner().invoke(main, ["library", "recount", *words], env=environ)
        assert result.exit_code == 0, result.output
        return result.output

    connection.execute(spoil, [anime[0]])
    assert run(handle[0]) == "3 entries recounted, 2 put right.\n"
    assert fans[1].everything() == before[1] and fans[2].everything() != before[2]
    assert run() == "9 entries recounted, 4 put right.\n"
    assert [fan.everything() for fan in fans] == before
    assert fans[0].history(anime[1])[0].source == "recount"


def test_batches_end_within_a_library_and_leave_nothing_out(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_recount, "BATCH", 2)
    fans = [Fan(connection) for _ in range(3)]
    for fan in fans:
        for one in [make_anime(connection, episode_count=12) for _ in range(3)]:
            fan.does("plus_one", one)
    connection.execute("UPDATE entry SET status = 'dropped'")
    found = list(library_recount.recount(connection, fans[0].now))
    assert [tuple(one) for one in found] == [(2, 2), (4, 4), (6, 6), (8, 8), (9, 9)]
