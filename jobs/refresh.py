"""Refreshing the catalogue: feed files that lie somewhere are brought in again whenever they have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import structlog

from domain import state
from domain.errors import DomainError
from jobs.catalogue import import_files
from jobs.world import World
from ports.errors import PortError
from ports.records import RecordsError

log = structlog.get_logger()
_STATE = "feeds"
ENDINGS = (".jsonl", ".json", ".gz", ".zst")
"""What counts as a feed in a directory."""


def refresh(world: World) -> Mapping[str, int]:
    """Bring the files that FEEDS names in, unless they are what was brought in last; all of them or none.

    What cannot be brought in is logged and tried again the next time.
    """
    try:
        files = list(feed_files(world.settings.feeds))
        found = fingerprint(files)
        if found == state.recall(world.connection, _STATE):
            return {"files": len(files), "written": 0}
        report = import_files(world.connection, files)
    except (PortError, DomainError) as error:
        log.error("the catalogue was not refreshed", error=" ".join(str(error).split()))
        return {"failed": 1}
    state.remember(world.connection, _STATE, found)
    return {"files": len(files), "written": sum(sum(verbs.values()) for verbs in report.rows.values())}


def feed_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that are named, and those in the directories that are. Raises RecordsError for what is not there."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix in ENDINGS and file.is_file())
        elif path.is_file():
            yield path
        else:
            raise RecordsError(f"{path}: is not there (FEEDS)")


def fingerprint(files: Sequence[Path]) -> str:
    """What tells other contents from these, on whatever machine they lie and whenever they were copied there."""
    digest = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as opened:
                digest.update(file.name.encode() + b"\0" + hashlib.file_digest(opened, "sha256").digest())
        except OSError as error:
            raise RecordsError(f"{file}: cannot be read: {error.strerror}") from error
    return digest.hexdigest()
