"""Pace: batches of what takes long are short, and those of what is quick are long."""

from __future__ import annotations

from jobs.pace import LONG_MOMENT, MOMENT, UNKNOWN, Pace


def test_a_kind_that_was_never_built_begins_with_a_few() -> None:
    assert Pace().limit("anime", 100) == UNKNOWN


def test_as_many_pages_are_taken_as_fit_into_a_moment() -> None:
    pace = Pace()
    pace.took("season", 10, MOMENT * 3)
    pace.took("anime", 10, MOMENT / 100)

    assert (pace.limit("season", 100), pace.limit("anime", 100)) == (3, 100)
    assert pace.limit("season", 100, LONG_MOMENT) == int(LONG_MOMENT / MOMENT / 3 * 10)


def test_one_page_is_taken_however_long_it_takes() -> None:
    pace = Pace()
    pace.took("season", 1, 60)

    assert pace.limit("season", 100) == 1


def test_a_page_that_took_long_once_is_forgiven() -> None:
    pace = Pace()
    pace.took("season", 1, 60)
    for _ in range(20):
        pace.took("season", 10, MOMENT / 10)

    assert pace.limit("season", 100) > 50
