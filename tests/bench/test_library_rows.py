"""The rows that the library is measured with are such as its verbs would have written."""

from __future__ import annotations

import psycopg

from bench.library_rows import ENTRIES, WATCHES, fill, pairs
from domain.library.verbs import plus_one, recalculate
from tests.domain.fans import BEGINNING


def test_the_rows_are_what_a_recount_finds_and_as_many_as_said(connection: psycopg.Connection) -> None:
    fill(connection, fans=3, readers={7: 1})
    counts = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM watch)"
    entries = 7 + 2 * ENTRIES
    assert connection.execute(counts).fetchone() == (entries, entries * WATCHES)
    for fan in (1, 2, 3):
        anime = [id for (id,) in connection.execute("SELECT anime_id FROM entry WHERE user_id = %s", [fan])]
        assert {one.change_id for one in recalculate(connection, fan, anime, BEGINNING)} == {0}


def test_what_is_pressed_is_spread_over_all_fans_and_can_be_pressed(connection: psycopg.Connection) -> None:
    fill(connection, fans=8, readers={7: 1, 8: 2})
    chosen = pairs(connection, 50)
    assert len(set(chosen)) == 50
    assert {fan for fan, _ in chosen} == set(range(3, 9))
    entry = plus_one(connection, *chosen[0], BEGINNING, "test").entry
    assert entry and entry.progress == WATCHES + 1
