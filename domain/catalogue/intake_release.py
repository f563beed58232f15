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
    entries, lines = _distinct(taken, report)
    report.shared = split_shared(entries)
    matching = match(entries, stock.index)
    _note_candidates(
        {lines[number]: (entries[number].title, ours) for number, ours in matching.candidates.items()},
        stock,
        report,
    )
    _take_known(
        {anime_id: entries[number] for number, anime_id in matching.anime.items()},
        stock,
        report,
    )
    for number in matching.fresh:
        entry = entries[number]
        anime_id = new_id(entry, stock.index.known)
        stock.index.give(anime_id, [], entry.ids)
        stock.put("release", anime_id, entry, anime_id)
        report.count("added")


def _take_known(known: dict[str, said.Release], stock: Stock, report: FileReport) -> None:
    heads = stock.heads["release"]
    texts = {anime_id: canonical(entry) for anime_id, entry in known.items()}
    changed = [
        anime_id
        for anime_id, text in texts.items()
        if anime_id not in heads or heads[anime_id].digest != digest_of(text)
    ]
    olds = stock.facts("release", changed)
    for anime_id in changed:
        old, entry = olds.get(anime_id), known[anime_id]
        stock.index.give(anime_id, old.ids if isinstance(old, said.Release) else [], entry.ids)
        stock.put("release", anime_id, entry, anime_id, texts[anime_id])
    report.count("changed", len(changed))
    report.count("unchanged", len(known) - len(changed))


def _distinct(taken: Sequence[said.Taken], report: FileReport) -> tuple[list[said.Release], list[int]]:
    """The entries and their lines; one that says exactly what an earlier one said is folded into it."""
    seen: set[bytes] = set()
    entries, lines = [], []
    for line, _, facts, _ in taken:
        assert isinstance(facts, said.Release)
        digest = digest_of(canonical(facts))
        if digest in seen:
            report.count("folded")
            continue
        seen.add(digest)
        entries.append(facts)
        lines.append(line)
    return entries, lines


def _note_candidates(found: dict[int, tuple[str, list[str]]], stock: Stock, report: FileReport) -> None:
    """Name an entry that is several of our anime with their addresses; a person decides."""
    slugs = stock.slugs_of({anime_id for _, ours in found.values() for anime_id in ours}) if found else {}
    for line, (title, ours) in found.items():
        report.count("candidate")
        report.candidates.append(Candidate(report.file, line, title, tuple(slugs.get(one, one) for one in ours)))
