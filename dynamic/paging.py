"""Long lists page by page: what was found is cut, and said where the next page begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from domain.library.rows import NEWEST

T = TypeVar("T")


def before(after: str) -> int:
    """What to begin below, for lists whose newest comes first: where the page before ended, or at the newest."""
    return int(after) if after.isascii() and after.isdigit() and len(after) <= 15 else NEWEST


def cut(found: Sequence[T], limit: int, number: Callable[[T], int]) -> tuple[Sequence[T], str | None]:
    """Of one more than fit on a page those that do, and what to ask for next; None where there are no more."""
    if len(found) <= limit:
        return found, None
    return found[:limit], str(number(found[limit - 1]))
