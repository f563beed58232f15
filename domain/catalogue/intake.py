"""A file's records, each sorted into its outcome; what is new or different is put into the stock.

WrongFile (a DomainError)   the file as a whole is none of ours; nothing of the command goes in
StrictReject (a DomainError)   a record was rejected and the operator asked to stop at the first
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from domain.catalogue.checks import Breach
from domain.catalogue.feeds import Feed, is_metadata, recognise
from domain.catalogue.intake_offers import take_offers
from domain.catalogue.intake_release import take_release
from domain.catalogue.reading import canonical
from domain.catalogue.report import FileReport
from domain.catalogue.said import Taken
from domain.catalogue.stock import Stock, digest_of
from domain.errors import Invalid

Records = Iterable[tuple[int, bytes]]


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

    def take(self, records: Records) -> None:
        """Sort the records into their outcomes; raises WrongFile, or StrictReject at the first bad record."""
        taken = self._passed(records)
        if self.feed.name == "release":
            take_release(list(taken), self.stock, self.report)
        elif self.feed.name == "offers":
            take_offers(list(taken), self.stock, self.report)
        else:
            self._take_single(taken)

    def _passed(self, records: Records) -> Iterator[Taken]:
        decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(self.feed.shape)
        decode, read = decoder.decode, self.feed.read
        for line, record in records:
            if line == 1 and self.feed.name == "release" and is_metadata(record):
                continue
            self.report.read += 1
            try:
                found = read(decode(record))
                if b"\\u0000" in record:
                    canonical(found.facts)  # refuses NUL in what we would keep
            except (
                msgspec.DecodeError,
                Breach,
                UnicodeDecodeError,
                RecursionError,
            ) as error:
                self._reject(line, reason_of(error), record)
                continue
            # Every record with an id would pass as an adult id; this one may be meant otherwise.
            if self.feed.name == "adult" and recognise(record) is not self.feed:
                self._reject(line, "holds more than the ids of an adult anime", record)
                continue
            if found.note:
                self.report.note(line, found.note)
            yield Taken(line, found.subject, found.facts, record)

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

    def _take_single(self, taken: Iterable[Taken]) -> None:
        """A feed with one record per subject."""
        seen: dict[str, tuple[int, bytes]] = {}
        for line, subject, facts, record in taken:
            text = canonical(facts)
            first, said_first = seen.setdefault(subject, (line, text))
            if first == line:
                self.report.count(self.stock.settle(self.feed.name, subject, facts, text, digest_of(text)))
            elif said_first == text:
                self.report.count("folded")
            else:
                self._reject(
                    line,
                    f"{subject}: line {first} already says something else about it",
                    record,
                )


def reason_of(error: Exception) -> str:
    """The field first, then what is wrong with it: `animeSeason.year: Expected ...`."""
    if isinstance(error, UnicodeDecodeError):
        return "text: is not UTF-8"
    if isinstance(error, RecursionError):
        return "not JSON that we read: nested too deeply"
    message, _, path = str(error).partition(" - at `$")
    if isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError):
        return f"not JSON: {message}"
    field = path.strip("`").lstrip(".")
    return f"{field}: {message}" if field else message
