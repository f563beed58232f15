"""Scores go out in a fan's scale and come back as they were kept."""

from __future__ import annotations

import pytest

from domain import accounts
from domain.scores import SCALES, choices, nearest, shown


@pytest.mark.parametrize("scale", accounts.SCALES)
def test_what_is_chosen_in_a_scale_is_shown_as_it_was_chosen(scale: str) -> None:
    offered = choices(scale)
    assert [nearest(kept, scale) for kept, _ in offered] == list(offered)
    assert len({kept for kept, _ in offered}) == len({label for _, label in offered}) == len(offered)
    assert [kept for kept, _ in offered] == sorted((kept for kept, _ in offered), reverse=True)


def test_halves_of_other_trackers_come_back_as_they_went_out() -> None:
    """Kitsu counts from 2 to 20."""
    for twentieth in range(2, 21):
        kept = 5 * twentieth
        assert shown(kept, "10.5") == f"{twentieth / 2:g}"
        assert kept // 5 == twentieth


@pytest.mark.parametrize("scale", SCALES)
def test_a_score_of_another_scale_is_shown_as_the_nearest_the_better_of_two(scale: str) -> None:
    for kept in range(101):
        found, label = nearest(kept, scale)
        assert all(abs(found - kept) <= abs(other - kept) for other, _ in choices(scale))
        assert shown(kept, scale) == label
    assert shown(None, scale) == ""
    assert (shown(85, "10"), shown(84, "10")) == ("9", "8")
