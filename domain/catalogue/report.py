"""What an import did: every record read has exactly one outcome."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

OUTCOMES = (
    "added",
    "changed",
    "unchanged",
    "waiting",
    "candidate",
    "folded",
    "rejected",
)
"""`waiting`: no anime for it yet · `candidate`: matches two of ours · `folded`: says what another record says."""


@dataclass(frozen=True)
class Reject:
    file: str
    line: int
    reason: str
    record: bytes


@dataclass(frozen=True)
class Candidate:
    """An entry that matches several of our anime, which may be one; nothing was written for it."""

    file: str
    line: int
    title: str
    anime: tuple[str, ...]
    """Slugs of ours that it matches."""


@dataclass(frozen=True)
class Note:
    """Part of a record that had to be left out, while the rest went in."""

    file: str
    line: int
    text: str


@dataclass
class FileReport:
    """The outcomes of one file's records."""

    file: str
    feed: str
    outcomes: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    shared: dict[str, int] = field(default_factory=dict)
    read: int = 0

    def count(self, outcome: str, records: int = 1) -> None:
        if records:
            self.outcomes[outcome] += records

    def reject(self, line: int, reason: str, record: bytes) -> None:
        self.outcomes["rejected"] += 1
        self.rejects.append(Reject(self.file, line, reason, record))

    def note(self, line: int, text: str) -> None:
        self.notes.append(Note(self.file, line, text))


@dataclass
class Report:
    """The outcomes of one import, and how many rows of which table it wrote."""

    files: list[FileReport] = field(default_factory=list)
    attached: int = 0
    """Records that had waited for an anime that has now come."""
    rows: dict[str, Counter[str]] = field(default_factory=dict)
    """Table → added, changed, removed."""

    def wrote(self, table: str, verb: str, rows: int) -> None:
        if rows:
            self.rows.setdefault(table, Counter())[verb] += rows
