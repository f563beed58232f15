"""Letters of which nothing is seen: none may stand in a name, and a text of nothing else says nothing."""

from __future__ import annotations

import unicodedata

BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159")
"""Letters and signs of which nothing is seen, though Unicode does not call them controls."""
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp")
_VARIATIONS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Which form of the letter before is meant."""


def says_nothing(text: str) -> bool:
    """Whether nothing of a text is seen."""
    return all(map(_is_unseen, text))


def _is_unseen(letter: str) -> bool:
    return (
        letter in BLANK
        or unicodedata.category(letter) in _UNSEEN
        or any(first <= ord(letter) <= last for first, last in _VARIATIONS)
    )
