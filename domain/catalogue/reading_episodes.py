"""From a record of the episodes of an anime to what it said."""

from __future__ import annotations

import re

from domain.catalogue import said
from domain.catalogue.checks import Breach, need_moment, shown, tidy
from domain.catalogue.reading import Read, subject_of
from domain.catalogue.shapes import EpisodeRow, EpisodesEntry

LABELS = {
    "S": "special",
    "OP": "opening",
    "ED": "ending",
    "T": "trailer",
    "C": "credit",
    "P": "parody",
    "O": "other",
}
"""AniDB's prefixes of what is no regular episode."""
LABEL = re.compile(r"([A-Z]{0,2})(\d{1,6})([a-z]?)")


def read_episodes(entry: EpisodesEntry) -> Read:
    subject, also = subject_of(entry.mal_id, entry.anilist_id)
    rows = [read_episode(index, row) for index, row in enumerate(entry.episodes)]
    if len({(row.kind, row.number, row.part) for row in rows}) != len(rows):
        seen: set[tuple[str, int, str]] = set()
        for index, row in enumerate(rows):
            key = (row.kind, row.number, row.part)
            if key in seen:
                raise Breach(f"episodes[{index}].n: {entry.episodes[index].n} stands twice")
            seen.add(key)
    return Read(subject, said.Episodes(also, rows))


def read_episode(index: int, row: EpisodeRow) -> said.Episode:
    number, kind, part = row.n, "regular", ""
    if isinstance(number, str):
        found = LABEL.fullmatch(number)
        if not found or (found[1] and found[1] not in LABELS):
            raise Breach(f"episodes[{index}].n: {shown(number)} is no episode number or label")
        number, kind, part = int(found[2]), LABELS.get(found[1], "regular"), found[3]
    if not 0 <= number < 1_000_000:
        raise Breach(f"episodes[{index}].n: {number} is no episode number")
    airs: tuple[str | None, str | None] = (None, None)
    if row.air:
        airs = need_moment(f"episodes[{index}].air", row.air)
    return said.Episode(
        kind,
        number,
        part,
        episode_title(row.en),
        tidy(row.romaji),
        tidy(row.ja),
        *airs,
        row.len or None,
    )


def episode_title(text: str | None) -> str | None:
    """A title that says something: `Episode 5` does not."""
    if not text or (text.startswith("Episode ") and text[8:].isdecimal()):
        return None
    return tidy(text)
