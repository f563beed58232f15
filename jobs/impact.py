"""Impact: which pages an edit would change, found out by making it in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import psycopg
from psycopg.pq import TransactionStatus

from domain import changes, lease, manifest, similar, tags
from domain.changes import Change
from domain.errors import Conflict, Invalid
from domain.lease import Due
from jobs.relay import moves_similar
from jobs.render import Renderer
from sitegen import impact as reach
from sitegen.build import Outcome
from sitegen.site import BY_KIND

Edit = Callable[[psycopg.Connection], object]
"""Writes rows; commits nothing."""
MOST = 2000
"""Pages that are built to see whether they would change: meanwhile the rows of the edit are locked."""
PATIENCE = "2s"
"""How long the edit waits for somebody who is writing the same row."""
ATTEMPTS = 3
INDEX = "sitemap_index/"


@dataclass(frozen=True)
class Impact:
    """Page keys, sorted: what would be written anew, what would go, what would be looked at and stay as it is.

    `unknown` are reached too, and nobody looked whether they would change: they are too many, cannot be built, or
    say when others changed.
    """

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[str]:
        """Every page that the edit would have looked at."""
        return sorted({*self.written, *self.removed, *self.same, *self.unknown})


def impact(renderer: Renderer, edit: Edit, most: int = MOST) -> Impact:
    """What an edit would do to the site, if it were made now; nothing of it stays, and no version is used up.

    Its rows are locked until the answer is known. Raises Invalid for what the database refuses, Conflict where
    somebody else is writing the same rows.
    """
    connection = renderer.connection
    if connection.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("the connection is in a transaction; what is rolled back must be ours alone")
    for _ in range(ATTEMPTS):
        try:
            with connection.transaction(force_rollback=True):
                return _compare(renderer, sorted(_reached(connection, edit)), most)
        except psycopg.errors.SerializationFailure:
            continue
        except psycopg.errors.LockNotAvailable:
            break
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise Invalid(f"the database refuses this edit: {' '.join(str(error).split())}") from error
    raise Conflict("somebody else is changing the same rows; ask again")


def statement(text: str) -> Edit:
    """Any edit that one statement of SQL makes; raises Invalid for what is none, or would end the transaction."""

    def edit(connection: psycopg.Connection) -> None:
        try:
            connection.execute(text.encode(), binary=True)  # by the protocol that takes one statement and no more
        except (psycopg.ProgrammingError, psycopg.InternalError, psycopg.NotSupportedError) as error:
            raise Invalid(f"PostgreSQL does not take this statement: {' '.join(str(error).split())}") from error
        if connection.info.transaction_status != TransactionStatus.INTRANS:
            raise Invalid("this statement ends the transaction that was to be rolled back")

    return edit


def impact_of_tags(renderer: Renderer, touched: Sequence[str]) -> list[str]:
    """The keys of the pages that a touch of these tags would have looked at."""
    return sorted(reach.affected(renderer.connection, touched))


def _reached(connection: psycopg.Connection, edit: Edit) -> set[str]:
    """Make the edit, and what follows from it, as the relay would; the keys of the pages that it reaches."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    mark = changes.mark(connection)
    edit(connection)
    if any(map(moves_similar, changes.since(connection, mark))):
        similar.refresh(connection)
    logged: list[Change] = changes.since(connection, mark)
    return reach.affected(connection, tags.touched(connection, logged))


def _compare(renderer: Renderer, keys: Sequence[str], most: int) -> Impact:
    """Build the first `most` of these pages from what the transaction sees, and compare."""
    found: dict[str, list[str]] = {"written": [], "removed": [], "same": [], "unknown": list(keys[most:])}
    moved = []
    for due, outcome in _outcomes(renderer, keys[:most]):
        if not _never_was(due, outcome):
            found[_FATES[outcome.built.verdict]].append(due.key)
        if (due.path, due.document_hash) != (outcome.built.path, outcome.built.document_hash):
            moved.append((due, outcome))
    shards, index = _sitemaps(renderer, moved)
    found["written"] += shards
    found["written" if index else "unknown"] += [INDEX] if shards else []
    return Impact(**{fate: sorted(set(found[fate])) for fate in found})


_FATES = {"publish": "written", "gone": "removed", "fresh": "same", "unchanged": "same", "failed": "unknown"}


def _never_was(due: Due, outcome: Outcome) -> bool:
    """Whether a page neither stands nor would."""
    return outcome.built.verdict == "gone" and due.path is None


def _outcomes(renderer: Renderer, keys: Sequence[str]) -> Iterator[tuple[Due, Outcome]]:
    for kind, group in groupby(lease.as_if_due(renderer.connection, keys), lambda due: due.key.partition("/")[0]):
        pages, many = list(group), BY_KIND[kind].batch
        for batch in (pages[first : first + many] for first in range(0, len(pages), many)):
            yield from zip(batch, renderer.look(batch), strict=True)


def _sitemaps(renderer: Renderer, moved: Iterable[tuple[Due, Outcome]]) -> tuple[list[str], bool]:
    """The shards that list what changes, or did, and whether their index is sure to change.

    It says when the newest change of a shard was: a page that leaves the list may have been the newest, or not.
    """
    able = [(due, outcome.built) for due, outcome in moved if outcome.built.verdict != "failed"]
    listed = {built.shard for _, built in able if built.indexable and built.shard is not None}
    slots = listed | manifest.slots_of(renderer.connection, [due.key for due, _ in able])
    return [key for key in renderer.sitemaps(slots) if key != INDEX], bool(listed)
