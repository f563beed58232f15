"""A catalogue import: open the files, take their records in, write one transaction, report."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import psycopg

from domain import manifest
from domain.catalogue.bringing import bring_in, lock
from domain.catalogue.feeds import FEEDS, Feed, is_metadata, last_update, recognise
from domain.catalogue.intake import Intake, Spread, WrongFile, one_by_one
from domain.catalogue.report import FileReport, Report
from domain.catalogue.stock import Stock
from domain.catalogue.tables import is_empty
from jobs.relay import begin_anew
from jobs.spread import spread
from ports.records import Record, RecordFile, open_records

LOOK = 200
"""Records at the beginning of a file of which at least one must be recognised."""
WORTH_PROCESSES = 1 << 20
"""Bytes of files from which on checking them is worth further processes, of which there are at most CHECKERS."""
CHECKERS = 4

Progress = Callable[[RecordFile], AbstractContextManager[object]]


@dataclass
class Source:
    """A record file whose feed was recognised; `day` is when a release says it was made."""

    file: RecordFile
    feed: Feed
    day: str
    records: Iterator[Record]


def import_files(
    connection: psycopg.Connection,
    paths: Sequence[Path],
    strict: bool = False,
    progress: Progress = lambda file: nullcontext(),
) -> Report:
    """Bring these files into the catalogue, all or nothing; the order of the paths does not matter."""
    report = Report()
    with without_cycles(), ExitStack() as opened, connection.transaction():
        lock(connection)
        sources = sorted(
            (recognised(opened.enter_context(open_records(path))) for path in paths),
            key=_order,
        )
        stock = Stock(connection)
        with checkers(connection, sources) as checked:
            for source in sources:
                file_report = FileReport(str(source.file.path), source.feed.name)
                report.files.append(file_report)
                with progress(source.file):
                    Intake(source.feed, stock, file_report, strict, checked).take(source.records)
                if not file_report.read:
                    raise source.file.fails("holds no record")
        bring_in(stock, report)
        if report.rows and not manifest.known_kinds(connection):
            begin_anew(connection, changed=True)
    return report


def checkers(connection: psycopg.Connection, sources: Sequence[Source]) -> AbstractContextManager[Spread]:
    """Who checks the records: this process, or with large files one process for each of a few cores."""
    if sum(source.file.size for source in sources) < WORTH_PROCESSES:
        return nullcontext(one_by_one)
    return spread(min(os.cpu_count() or 1, CHECKERS), connection.fileno())


@contextmanager
def without_cycles() -> Iterator[None]:
    """No search for garbage cycles meanwhile: an import makes millions of objects and none in a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _order(source: Source) -> tuple[int, str, str, str]:
    """Anime first; of one feed the newer release last, so that its word holds."""
    path = source.file.path
    return list(FEEDS).index(source.feed.name), source.day, path.name, str(path)


def _day(file: RecordFile, first: Record) -> str:
    """The day that a release says it was made: in its first line, or before the list of a document."""
    if file.preamble is not None:
        return str(file.preamble.get("lastUpdate", ""))
    return last_update(first.text) if is_metadata(first.text) else ""


def has_anime(connection: psycopg.Connection) -> bool:
    return not is_empty(connection, "anime")


def recognised(file: RecordFile) -> Source:
    """The file with its feed, told by its first records; raises WrongFile for a file that is none of ours."""
    records = iter(file)
    first = list(islice(records, LOOK))
    for record in first:
        feed = FEEDS["release"] if record is first[0] and is_metadata(record.text) else recognise(record.text)
        if feed is not None:
            day = _day(file, first[0])
            return Source(file, feed, day, chain(first, records))
    if not first:
        raise file.fails("holds no record")
    raise WrongFile(f"{file.path}: is no catalogue file: none of its first {len(first)} records is of a known feed")
