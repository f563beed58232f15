"""What `autotrack doctor` looks at: each check says what it found and, where something is wrong, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ports.settings import Settings

OK, NOTE, WRONG = "ok", "note", "wrong"


@dataclass(frozen=True)
class Finding:
    """What a check found of `name`: its state (OK, NOTE or WRONG), in words, and what to do about it."""

    name: str
    state: str
    said: str
    do: str = ""


Check = Callable[[Settings], Iterable[Finding]]
"""Asks one thing of the world; whatever it raises is a finding too."""


def judged(name: str, fine: bool, good: str, bad: str, do: str) -> Finding:
    """OK with the good words, or WRONG with the bad ones and what to do."""
    return Finding(name, OK, good) if fine else Finding(name, WRONG, bad, do)
