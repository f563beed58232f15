"""The watch order: an anime among its editions and relations, what comes before it first."""

from __future__ import annotations

from typing import Any

from sitegen import labels
from sitegen.parts.titles import title_of
from sitegen.reader import Reader
from sitegen.reads.batch import Row

BEFORE = frozenset(("Prequel", "Main story", "Full story", "The original"))
APART = frozenset(("Shares characters", "Adaptation", "Related"))
"""Relations that say nothing of the order; they come last."""
Part = tuple[str, Row]


def story(read: Reader, anime: Row) -> list[list[str]]:
    """[title, path, note] of each part, this anime without a path; empty where it stands alone."""
    parts = _parts(read, anime)
    if not parts:
        return []
    before = [part for part in parts if part[0] in BEFORE]
    after = [part for part in parts if part[0] not in BEFORE]
    after.sort(key=lambda part: (part[0] in APART, part[1]["year"] or 9999))
    return [*map(_told, before), [title_of(anime), "", "This page"], *map(_told, after)]


def _parts(read: Reader, anime: Row) -> list[Part]:
    """(relation in words, card), each anime once, oldest first."""
    primary = read.primary_of(anime)
    found = [("The original", primary)] if primary else []
    found += [(labels.edition(edition), card) for edition, card in read.editions_of(anime["id"])]
    found += [(labels.RELATIONS[kind], card) for kind, card in read.relations_of(anime["id"])]
    once: dict[str, Part] = {}
    for part in found:
        once.setdefault(part[1]["id"], part)
    return sorted(once.values(), key=lambda part: part[1]["year"] or 9999)


def _told(part: Part) -> list[Any]:
    kind, card = part
    return [card["title"], card["path"], f"{kind} · {card['line']}"]
