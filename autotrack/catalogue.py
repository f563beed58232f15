"""`autotrack catalogue`: bring record files in, and say what came of every record."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
import orjson

from autotrack.embedded import servers
from autotrack.errors import Failure
from autotrack.migrate import migrate
from domain.catalogue.report import OUTCOMES, FileReport, Reject, Report
from jobs.catalogue import has_anime, import_files
from ports.database import connect
from ports.records import RecordFile
from ports.settings import PROJECT, Settings, from_environment

SAMPLE = PROJECT / "sample"
SHOWN = 10
"""Lines of each kind (rejects, candidates …) that the report shows; files have the rest."""
HEADINGS = {"candidate": "merge candidates", "folded": "duplicates folded"}


@click.group()
def catalogue() -> None:
    """Bring anime in, and look at what came."""


@catalogue.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--strict",
    is_flag=True,
    help="Stop at the first record that is rejected, and change nothing.",
)
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write rejected records to FILE, as JSON lines.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def import_(paths: tuple[Path, ...], strict: bool, rejects: Path | None, quiet: bool) -> None:
    """Bring record files into the catalogue: all of them, or none.

    PATH is a release of anime-offline-database (.jsonl or minified .json) or a file of extra facts, episodes,
    streaming or adult ids; plain, .gz or .zst. What a file is shows in its records; the order does not matter.
    """
    with _open_rejects(rejects, paths) as written, servers(from_environment(), redis=False) as settings:
        migrate(settings.database_url)
        with connect(settings.database_url) as connection:
            bar = _progress if sys.stderr.isatty() and not quiet else _silence
            report = import_files(connection, paths, strict=strict, progress=bar)
        if not quiet:
            click.echo("\n".join(lines_of(report)))
        _write_rejects(written, report)


def _open_rejects(path: Path | None, inputs: Sequence[Path]) -> IO[bytes]:
    """The file for rejects, or one that forgets them; never one of the inputs, which opening would empty."""
    if path is not None and any(path.exists() and given.exists() and path.samefile(given) for given in inputs):
        raise click.BadParameter(f"{path} is one of the files to import", param_hint="--rejects")
    try:
        return open(path or os.devnull, "wb", buffering=0)
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror}") from error


def _write_rejects(file: IO[bytes], report: Report) -> None:
    try:
        for one in report.files:
            file.write(b"".join(map(reject_line, one.rejects)))
    except OSError as error:
        raise Failure(f"the records are in, but the rejected ones cannot be written: {error.strerror}") from error


def load_sample(settings: Settings) -> bool:
    """Load the packaged catalogue into an empty one; returns whether it did."""
    with connect(settings.database_url) as connection:
        if has_anime(connection):
            return False
        import_files(connection, sorted(SAMPLE.glob("*.jsonl")))
    return True


@contextmanager
def _silence(file: RecordFile) -> Iterator[None]:
    yield


@contextmanager
def _progress(file: RecordFile) -> Iterator[None]:
    """A bar of the bytes read of one file."""
    from tqdm import tqdm  # costs start-up time, and most runs show none

    with tqdm(
        total=file.size,
        desc=file.path.name,
        unit="B",
        unit_scale=True,
        file=sys.stderr,
        leave=False,
    ) as bar:
        file.on_read = bar.update
        yield


def reject_line(reject: Reject) -> bytes:
    """One line of the rejects file; the record as it was, or as text where it is no JSON."""
    try:
        record: object = orjson.loads(reject.record)
        orjson.dumps(record)  # nested too deeply, it can be read and not written
    except (orjson.JSONDecodeError, TypeError):
        record = reject.record.decode("utf-8", "replace")
    line = {
        "file": reject.file,
        "line": reject.line,
        "reason": reject.reason,
        "record": record,
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def lines_of(report: Report) -> Iterator[str]:
    """The report as text: a table of outcomes per file, then what needs a person's eye."""
    yield from _table(report)
    for file in report.files:
        yield from _remarks(file)
    if report.attached:
        yield f"{report.attached:,} records that had waited found their anime."
    written = [
        f"{table} " + ", ".join(f"{count:,} {verb}" for verb, count in sorted(verbs.items()))
        for table, verbs in sorted(report.rows.items())
    ]
    yield "Rows written: " + ("; ".join(written) or "none") + "."


def _table(report: Report) -> Iterator[str]:
    headings = [
        "file",
        "feed",
        "read",
        *(HEADINGS.get(outcome, outcome) for outcome in OUTCOMES),
    ]
    rows = [
        [
            Path(file.file).name,
            file.feed,
            f"{file.read:,}",
            *(f"{file.outcomes[name]:,}" for name in OUTCOMES),
        ]
        for file in report.files
    ]
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        texts = [f"{cell:<{width}}" for cell, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [f"{cell:>{width}}" for cell, width in zip(row[2:], widths[2:], strict=True)]
        yield "  ".join(texts + numbers)


def _remarks(file: FileReport) -> Iterator[str]:
    name = Path(file.file).name
    yield from _listed(
        f"{name}: ids that stand on several entries, dropped from identity",
        [f"{i} ({n}×)" for i, n in file.shared.items()],
    )
    yield from _listed(
        f"{name}: merge candidates, nothing written",
        [f"line {found.line}: {found.title} is both {' and '.join(found.anime)}" for found in file.candidates],
    )
    yield from _listed(f"{name}: left out", [f"line {note.line}: {note.text}" for note in file.notes])
    yield from _listed(
        f"{name}: rejected",
        [f"line {reject.line}: {reject.reason}" for reject in file.rejects],
    )


def _listed(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"{heading}: {len(lines):,}"
        yield from (f"  {line}" for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            yield f"  … and {len(lines) - SHOWN:,} more"
