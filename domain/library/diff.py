"""What differs between two states of an entry: what is written, and what `library_change` keeps to undo it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import asdict

from domain.library.rows import Cycle, Ledger, Play, Row

UNSEEN = {"version", "updated_at", "last_watch"}
"""Columns that only go on, also when something is undone."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Watches and rounds that are new or changed, those that went, and both sides as JSON; false for no difference."""

    came: tuple[Play, ...]
    gone: tuple[Play, ...]
    rounds: tuple[Cycle, ...]
    rounds_gone: tuple[Cycle, ...]
    before: Json
    after: Json

    def __bool__(self) -> bool:
        return self.before != self.after


def difference(before: Ledger, after: Ledger) -> Difference:
    """What has to be written to come from one to the other."""
    came, left = _without(after.plays, before.plays), _without(before.plays, after.plays)
    ids = {play.id for play in after.plays}
    old, new = _by_number(before), _by_number(after)
    rounds = tuple(cycle for number, cycle in new.items() if old.get(number) != cycle)
    rounds_gone = tuple(cycle for number, cycle in old.items() if number not in new)
    touched = [cycle.number for cycle in (*rounds, *rounds_gone)]
    columns = _columns(before.row, after.row)
    return Difference(
        came, tuple(play for play in left if play.id not in ids), rounds, rounds_gone,
        before={"entry": _only(before.row, columns), "cycles": _rounds(old, touched), "watches": _watches(left)},
        after={"entry": _only(after.row, columns), "cycles": _rounds(new, touched), "watches": _watches(came)},
    )  # fmt: skip


def _columns(before: Row | None, after: Row | None) -> list[str]:
    """All where there is no entry on one side, else those that differ."""
    if before is None or after is None:
        return list(Row.__struct_fields__)
    return [
        name for name in Row.__struct_fields__
        if name not in UNSEEN and getattr(before, name) != getattr(after, name)
    ]  # fmt: skip


def _only(row: Row | None, columns: Iterable[str]) -> Json | None:
    return None if row is None else {name: getattr(row, name) for name in columns}


def _without(plays: Iterable[Play], others: Iterable[Play]) -> tuple[Play, ...]:
    same = set(others)
    return tuple(play for play in plays if play not in same)


def _by_number(ledger: Ledger) -> dict[int, Cycle]:
    return {cycle.number: cycle for cycle in ledger.cycles}


def _rounds(cycles: dict[int, Cycle], numbers: Iterable[int]) -> Json:
    return {str(number): asdict(cycles[number]) if number in cycles else None for number in numbers}


def _watches(plays: Iterable[Play]) -> list[Json]:
    return [asdict(play) for play in plays]
