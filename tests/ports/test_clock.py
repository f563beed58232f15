"""The day of the site is Japan's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ports import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [((2026, 11, 22, 14, 59, 59), 22), ((2026, 11, 22, 15, 0, 0), 23), ((2026, 11, 23, 0, 0, 0), 23)],
)
def test_a_day_begins_at_midnight_in_japan(
    monkeypatch: pytest.MonkeyPatch, moment: tuple[int, int, int, int, int, int], day: int
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(*moment, tzinfo=UTC))
    assert clock.today() == date(2026, 11, day)
