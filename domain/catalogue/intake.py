"""A file's records, each sorted into its outcome; what is new or different is put into the stock.

WrongFile (a DomainError)   the file as a whole is none of ours; nothing of the command goes in
StrictReject (a DomainError)   a record was rejected and the operator asked to stop at the first
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from domain.catalogue.checking import Block, Refused, Verdict, check
from domain.catalogue.feeds import Feed, is_metadata, recognise
from domain.catalogue.intake_offers import take_offers
from domain.catalogue.intake_release import take_release
from domain.catalogue.report import FileReport
from domain.catalogue.said import Taken
from domain.catalogue.stock import DECODERS, Stock
from domain.errors import Invalid

BLOCK = 250
"""Records that are checked together."""

Records = Iterable[tuple[int, bytes]]
Spread = Callable[[Callable[[Block], list[Verdict]], Iterable[Block]], Iterable[tuple[Block, list[Verdict]]]]
"""A `map` that gives every block with its result; other processes may do the work."""


def one_by_one(
    work: Callable[[Block], list[Verdict]], blocks: Iterable[Block]
) -> Iterable[tuple[Block, list[Verdict]]]:
    return ((block, work(block)) for block in blocks)


class WrongFile(Invalid):
    """The file as a whole is none of ours."""


class StrictReject(Invalid):
    """A record was rejected and the operator asked to stop at the first."""


@dataclass
class Intake:
    """One file on its way in."""

    feed: Feed
    stock: Stock
    report: FileReport
    strict: bool = False
    spread: Spread = one_by_one

    def take(self, records: Records) -> None:
        """Sort the records into their outcomes; raises WrongFile, or StrictReject at the first bad record."""
        taken = self._passed(records)
        if self.feed.name == "release":
            take_release([passed for passed, _ in taken], self.stock, self.report)
        elif self.feed.name == "offers":
            take_offers([passed for passed, _ in taken], self.stock, self.report)
        else:
            self._take_single(taken)

    def _blocks(self, records: Records) -> Iterator[Block]:
        rest, first = iter(records), True
        while block := list(islice(rest, BLOCK)):
            if first and self.feed.name == "release" and is_metadata(block[0][1]):
                del block[0]
            first = False
            yield Block(self.feed.name, block)

    def _passed(self, records: Records) -> Iterator[tuple[Taken, bytes]]:
        """What passed, beside the record as it was written."""
        decode = DECODERS[self.feed.name].decode
        for block, verdicts in self.spread(check, self._blocks(records)):
            self.report.read += len(verdicts)
            for (line, record), verdict in zip(block.records, verdicts, strict=True):
                if isinstance(verdict, Refused):
                    self._reject(line, verdict.reason, record)
                    continue
                subject, text, digest, note = verdict
                if note:
                    self.report.note(line, note)
                yield Taken(line, subject, decode(text), text, digest), record

    def _reject(self, line: int, reason: str, record: bytes) -> None:
        other = recognise(record)
        if other is not None and other is not self.feed:
            raise WrongFile(
                f"{self.report.file}: line {line} is a record of {other.noun} in a file of {self.feed.noun}; "
                "give each feed in a file of its own"
            )
        self.report.reject(line, reason, record)
        if self.strict:
            raise StrictReject(f"{self.report.file}: line {line}: {reason}")

    def _take_single(self, taken: Iterable[tuple[Taken, bytes]]) -> None:
        """A feed with one record per subject."""
        seen: dict[str, tuple[int, bytes]] = {}
        for (line, subject, facts, text, digest), record in taken:
            first, said_first = seen.setdefault(subject, (line, digest))
            if first == line:
                self.report.count(self.stock.settle(self.feed.name, subject, facts, text, digest))
            elif said_first == digest:
                self.report.count("folded")
            else:
                self._reject(
                    line,
                    f"{subject}: line {first} already says something else about it",
                    record,
                )
