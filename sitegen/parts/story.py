"""The watch order: an anime among its editions, relations and sequels of sequels, what comes before it first."""

from __future__ import annotations

from typing import Any

from sitegen import labels
from sitegen.parts.titles import title_of
from sitegen.reader import Reader
from sitegen.reads.batch import Row

BEFORE = frozenset(("Prequel", "Main story", "Full story", "The original"))
APART = frozenset(("Shares characters", "Adaptation", "Related"))
"""Relations that say nothing of the order; they come last."""
Part = tuple[str, int, Row]
"""The relation in words, how many steps away, and the card."""


def story(read: Reader, anime: Row) -> list[list[str]]:
    """[title, path, note] of each part, this anime without a path; empty where it stands alone."""
    parts = _parts(read, anime)
    if not parts:
        return []
    before = sorted((part for part in parts if part[0] in BEFORE), key=lambda part: (_year(part), -part[1]))
    after = sorted(
        (part for part in parts if part[0] not in BEFORE), key=lambda part: (part[0] in APART, _year(part), part[1])
    )
    return [*map(_told, before), [title_of(anime), "", "This page"], *map(_told, after)]


def _parts(read: Reader, anime: Row) -> list[Part]:
    """Each anime once: what is said of it directly goes before what the chain of sequels says."""
    primary = read.primary_of(anime)
    found: list[Part] = [("The original", 1, primary)] if primary else []
    found += [(labels.edition(edition), 1, card) for edition, card in read.editions_of(anime["id"])]
    found += [(labels.RELATIONS[kind], 1, card) for kind, card in read.relations_of(anime["id"])]
    found += [(labels.RELATIONS[kind], step, card) for kind, step, card in read.chain_of(anime["id"])]
    once: dict[str, Part] = {}
    for part in found:
        once.setdefault(part[2]["id"], part)
    return list(once.values())


def _year(part: Part) -> int:
    year: int = part[2]["year"] or 9999
    return year


def _told(part: Part) -> list[Any]:
    kind, _, card = part
    return [card["title"], card["path"], f"{kind} · {card['line']}"]
