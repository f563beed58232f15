"""What an anime's part of a library was before a change, unless something was built on that change since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
from msgspec.structs import replace as put

from domain.errors import Conflict
from domain.library.derived import DERIVED, settle
from domain.library.diff import Json
from domain.library.rows import Cycle, Ledger, Play, Row, Span

FOLLOWING = (*DERIVED, "completed")
"""What follows from watches: of an entry, and of a round."""


def undone(ledger: Ledger, before: Json, after: Json) -> Ledger:
    """The ledger without what a change did, by both sides of it. Raises Conflict where more was done to that since."""
    if after["entry"] is None:
        return _restored(ledger, before)
    if ledger.row is None:
        raise Conflict("This anime is no longer in your library.")
    if before["entry"] is None:
        return _withdrawn(ledger, after)
    back = replace(
        ledger,
        row=_columns_back(ledger.row, before["entry"], after["entry"]),
        cycles=_rounds_back(ledger.cycles, before["cycles"], after["cycles"]),
        plays=_plays_back(ledger.plays, before["watches"], after["watches"]),
    )
    if not {play.cycle for play in back.plays} <= {0, *(cycle.number for cycle in back.cycles)}:
        raise Conflict("Episodes of this rewatch were watched since. Undo those first.")
    return settle(back)


def _restored(ledger: Ledger, before: Json) -> Ledger:
    """What was removed comes back as it was."""
    if ledger.row is not None:
        raise Conflict("This anime was added again since.")
    cycles = tuple(msgspec.convert(cycle, Cycle) for cycle in before["cycles"].values())
    return settle(
        replace(ledger, row=msgspec.convert(before["entry"], Row), cycles=cycles, plays=_plays(before["watches"]))
    )


def _withdrawn(ledger: Ledger, after: Json) -> Ledger:
    """What was added goes, if it is still as it was added."""
    row = ledger.entry
    added = msgspec.convert(after["entry"], Row)  # `furthest` follows from the watches; older changes have none
    if put(row, version=0, updated_at=row.added_at, last_watch=0, furthest=0) != put(
        added, version=0, updated_at=added.added_at, last_watch=0, furthest=0
    ) or ledger.plays != _plays(after["watches"]):
        raise Conflict("It was changed since it was added. Undo those changes first, or remove it.")
    return Ledger(ledger.anime_id, ledger.total, ledger.aired)


def _columns_back(row: Row, before: Json, after: Json) -> Row:
    """Columns as they were; those that are derived follow from the rest anyway."""
    typed = {name: _typed(name, value) for name, value in before.items()}
    for name, value in after.items():
        if not _follows(row, name) and getattr(row, name) != _typed(name, value):
            raise Conflict(f"It was changed again since ({name}). Undo that first.")
    return put(row, **typed)


def _follows(span: Span, name: str) -> bool:
    """Whether a column follows from watches: dates do that nobody has said."""
    date = name.removesuffix("_precision")
    return name in FOLLOWING or (date in ("started", "finished") and not getattr(span, f"{date}_said"))


_TYPES = msgspec.structs.fields(Row)
_TYPE_OF: dict[str, Any] = {field.name: field.type for field in _TYPES}


def _typed(name: str, value: object) -> Any:
    return msgspec.convert(value, _TYPE_OF[name])


def _rounds_back(cycles: tuple[Cycle, ...], before: Json, after: Json) -> tuple[Cycle, ...]:
    rounds = {cycle.number: cycle for cycle in cycles}
    for name, cycle in before.items():
        number = int(name)
        if cycle is None:
            if number in rounds:
                _check_round(rounds.pop(number), after[name], after[name])
        elif (after[name] is None) == (number in rounds):
            raise Conflict(f"Rewatch {number} was {'begun anew' if number in rounds else 'taken away'} since.")
        elif after[name] is None:
            rounds[number] = msgspec.convert(cycle, Cycle)
        else:
            rounds[number] = _round_back(rounds[number], cycle, after[name])
    return tuple(rounds[number] for number in sorted(rounds))


def _round_back(now: Cycle, before: Json, after: Json) -> Cycle:
    """Only what the change did to it, for its dates may have been said since."""
    was = msgspec.convert(before, Cycle)
    differing = [name for name in before if before[name] != after[name]]
    _check_round(now, after, differing)
    return put(now, **{name: getattr(was, name) for name in differing})


def _check_round(now: Cycle, after: Json, names: Iterable[str]) -> None:
    """Raise Conflict where somebody has said something of it since."""
    became = msgspec.convert(after, Cycle)
    if any(not _follows(now, name) and getattr(now, name) != getattr(became, name) for name in names):
        raise Conflict(f"The dates of rewatch {now.number} were changed again since. Undo that first.")


def _plays_back(plays: tuple[Play, ...], gone: list[Json], came: list[Json]) -> tuple[Play, ...]:
    """Without those that came, unless they were changed since; with those that went."""
    ids, written = {play["id"] for play in came}, set(_plays(came))
    went, here = {play["id"] for play in gone}, {play.id for play in plays}
    if went & ids - here or (went - ids) & here:  # removed since; or another one has its number since
        raise Conflict("That viewing was removed since, or others were added. Undo that first.")
    if any(play.id in ids and play not in written for play in plays):
        raise Conflict("The date of an episode was changed again since. Undo that first.")
    left = {play.id: play for play in plays if play.id not in ids} | {play.id: play for play in _plays(gone)}
    return tuple(left[id] for id in sorted(left))


def _plays(rows: list[Json]) -> tuple[Play, ...]:
    return tuple(msgspec.convert(list(_ordered(row)), Play) for row in rows)


def _ordered(row: Json) -> list[Any]:
    return [row[name] for name in Play.__struct_fields__]
