"""The rows of a streaming file: those of one anime are one record."""

from __future__ import annotations

from collections.abc import Sequence

from domain.catalogue import said
from domain.catalogue.offers import fold, unite
from domain.catalogue.reading import canonical
from domain.catalogue.report import FileReport
from domain.catalogue.stock import Stock, digest_of


def take_offers(taken: Sequence[said.Taken], stock: Stock, report: FileReport) -> None:
    """Put each anime's offers into the stock and count its rows; what a newer file no longer offers is kept."""
    groups: dict[str, list[said.Offers]] = {}
    for record in taken:
        assert isinstance(record.facts, said.Offers)
        groups.setdefault(record.subject, []).append(record.facts)
    folded = {subject: fold(group) for subject, group in groups.items()}
    records = {subject: facts for subject, (facts, _) in folded.items()}
    texts = {subject: canonical(facts) for subject, facts in records.items()}
    heads = stock.heads["offers"]
    differing = [
        subject for subject in heads.keys() & texts.keys() if heads[subject].digest != digest_of(texts[subject])
    ]
    for subject, known in stock.facts("offers", differing).items():
        assert isinstance(known, said.Offers)
        records[subject] = unite(known, records[subject])
        texts[subject] = canonical(records[subject])
    for subject, (_, losers) in folded.items():
        text = texts[subject]
        outcome = stock.settle("offers", subject, records[subject], text, digest_of(text))
        report.count("folded", losers)
        report.count(outcome, len(groups[subject]) - losers)
