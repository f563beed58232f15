"""The entries of one release: which anime each is, and what it says anew."""

from __future__ import annotations

from collections.abc import Sequence

from domain.catalogue import said
from domain.catalogue.identity import match, new_id, split_shared
from domain.catalogue.reading import canonical
from domain.catalogue.report import Candidate, FileReport
from domain.catalogue.stock import Stock, digest_of


def take_release(taken: Sequence[said.Taken], stock: Stock, report: FileReport) -> None:
    """Put new and changed entries into the stock and count every entry's outcome."""
    taken, entries = _distinct(taken, report)
    report.shared = split_shared(entries)
    # An entry from which ids were taken says something else than it did.
    texts = [canonical(entry) if entry.shared else record.text for record, entry in zip(taken, entries, strict=True)]
    matching = match(entries, stock.index)
    _note_candidates(
        {taken[number].line: (entries[number].title, ours) for number, ours in matching.candidates.items()},
        stock,
        report,
    )
    _take_known(
        {anime_id: (entries[number], texts[number]) for number, anime_id in matching.anime.items()},
        stock,
        report,
    )
    for number in matching.fresh:
        entry = entries[number]
        anime_id = new_id(entry, stock.index.known)
        stock.index.give(anime_id, [], entry.ids)
        stock.put("release", anime_id, entry, anime_id, texts[number])
        report.count("added")


def _take_known(known: dict[str, tuple[said.Release, bytes]], stock: Stock, report: FileReport) -> None:
    heads = stock.heads["release"]
    changed = [
        anime_id
        for anime_id, (_, text) in known.items()
        if anime_id not in heads or heads[anime_id].digest != digest_of(text)
    ]
    olds = stock.facts("release", changed)
    for anime_id in changed:
        old, (entry, text) = olds.get(anime_id), known[anime_id]
        stock.index.give(anime_id, old.ids if isinstance(old, said.Release) else [], entry.ids)
        stock.put("release", anime_id, entry, anime_id, text)
    report.count("changed", len(changed))
    report.count("unchanged", len(known) - len(changed))


def _distinct(taken: Sequence[said.Taken], report: FileReport) -> tuple[list[said.Taken], list[said.Release]]:
    """The records and their entries; one that says exactly what an earlier one said is folded into it."""
    kept: dict[bytes, said.Taken] = {}
    for record in taken:
        kept.setdefault(record.digest, record)
    report.count("folded", len(taken) - len(kept))
    return list(kept.values()), [record.facts for record in kept.values() if isinstance(record.facts, said.Release)]


def _note_candidates(found: dict[int, tuple[str, list[str]]], stock: Stock, report: FileReport) -> None:
    """Name an entry that is several of our anime with their addresses; a person decides."""
    slugs = stock.slugs_of({anime_id for _, ours in found.values() for anime_id in ours}) if found else {}
    for line, (title, ours) in found.items():
        report.count("candidate")
        report.candidates.append(Candidate(report.file, line, title, tuple(slugs.get(one, one) for one in ours)))
