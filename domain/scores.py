"""Scores: kept from 0 to 100 for everybody, shown and chosen in the scale that each fan likes."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Invalid

SCALES: dict[str, tuple[tuple[int, str], ...]] = {
    "10": tuple((10 * number, str(number)) for number in range(10, 0, -1)),
    "10.5": tuple((5 * number, f"{number / 2:g}") for number in range(20, 0, -1)),
    "5": tuple((20 * number, f"{number} star{'s' if number > 1 else ''}") for number in range(5, 0, -1)),
    "100": tuple((number, str(number)) for number in range(100, 0, -1)),
    "3": ((85, "🙂 Liked it"), (60, "😐 Fine"), (35, "🙁 Not for me")),
}
"""Scale → (as it is kept, as it is shown), best first."""


def choices(scale: str) -> Sequence[tuple[int, str]]:
    """What may be chosen in a scale."""
    return SCALES[scale]


def nearest(score: int, scale: str) -> tuple[int, str]:
    """How a score is shown in a scale in which it was perhaps not given."""
    return min(SCALES[scale], key=lambda one: (abs(one[0] - score), -one[0]))


def shown(score: int | None, scale: str) -> str:
    """`8`, `4 stars`; nothing where there is no score."""
    return "" if score is None else nearest(score, scale)[1]


def kept(text: str, scale: str, before: int | None = None) -> int | None:
    """What was chosen, as a form sends it; None for empty text. Raises Invalid for what is no choice of the scale.

    Where the choice shows what was kept `before`, that stays: a finer score of another scale is not made coarser.
    """
    if not text:
        return None
    if text not in {str(score) for score, _ in SCALES[scale]}:
        raise Invalid("score", "is no choice of your scale")
    return before if before is not None and nearest(before, scale)[0] == int(text) else int(text)
