"""What the tests of jobs share: a day of the site that does not end between two looks at it."""

from __future__ import annotations

import pytest

from ports import clock


@pytest.fixture(autouse=True)
def one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """At midnight in Japan too, what a test builds by the clock and what it compares it with are of one day."""
    day = clock.today()
    monkeypatch.setattr(clock, "today", lambda: day)
