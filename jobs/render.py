"""Rendering: dirty pages are leased, loaded from one snapshot, rendered, uploaded and recorded, batch by batch."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import psycopg

from domain import brake, history, lease, manifest, orphans, overlap, purges, state
from domain.built import finish
from domain.lease import EDITS, LANES, Due
from domain.manifest import SHARDS, Order
from jobs import metrics
from jobs.pace import LONG_MOMENT, MOMENT, Pace
from jobs.reckoning import losses, raise_if_all_is_lost, tell_missed, touched
from jobs.uploads import Uploads
from ports import clock
from ports.bucket import Bucket
from ports.database import snapshot
from sitegen.build import Builder, Outcome
from sitegen.page import PageType
from sitegen.reader import Reader
from sitegen.reads.batch import Cards
from sitegen.site import BY_KIND, DELAYS

Heard = Callable[[Counter[str]], bool]


@dataclass(frozen=True)
class Queue:
    """Which dirty pages a drain takes: kinds with the pages in a batch, lanes, and keys if not all.

    A `patient` drain leaves what is not due yet and tries again what failed; a build takes everything, once. Pages
    after the turn `last` are left.
    """

    batches: Mapping[str, int]
    lanes: Sequence[int] = LANES
    keys: Sequence[str] | None = None
    patient: bool = False
    last: int = lease.LAST


@dataclass(frozen=True)
class Renderer:
    """What rendering needs of the world: a connection, a bucket, the builder, the day, the moment, and its pace.

    A build is of one moment. Where none is given each batch is of its own, so that `lastmod` moves with every change.
    """

    connection: psycopg.Connection
    bucket: Bucket
    builder: Builder
    as_of: date
    at: datetime | None
    pace: Pace = field(default_factory=Pace)
    cards: Cards = field(default_factory=dict)
    uploads: Uploads = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uploads", Uploads(self.bucket))

    def drain(self, queue: Queue, done: Heard = lambda verdicts: True) -> Counter[str]:
        """Build dirty pages until there are none; `done` hears each batch, and its False stops."""
        total: Counter[str] = Counter()
        for verdicts in self._rounds(queue):
            total += verdicts
            if not done(verdicts):
                break
        return total

    def _rounds(self, queue: Queue) -> Iterator[Counter[str]]:
        """Rounds over kinds and lanes, each from its first key to its last; what became dirty behind waits."""
        found = True
        while found:
            found = False
            for kind, limit in queue.batches.items():
                for lane in queue.lanes:
                    for verdicts in self._line(queue, lane, kind, limit):
                        found = True
                        yield verdicts

    def _line(self, queue: Queue, lane: int, kind: str, limit: int) -> Iterator[Counter[str]]:
        """Batches of one kind in one lane."""
        after, hurried = lease.FIRST, lane == EDITS and queue.patient
        while True:
            many = self.pace.limit(kind, limit, MOMENT if hurried else LONG_MOMENT) if queue.patient else limit
            with overlap.rendering(self.connection):
                number, due = lease.take(
                    self.connection, lane, kind, many, after, queue.last, keys=queue.keys, patient=queue.patient,
                    recipe=self.builder.recipe(BY_KIND[kind]),
                )  # fmt: skip
                if not due:
                    return
                verdicts = self._batch(number, due, lane)
            if not hurried:  # new edits are looked for after each batch
                after = max((page.turn, page.key) for page in due)
            yield verdicts

    def _batch(self, number: int, due: list[Due], lane: int) -> Counter[str]:
        began, since = time.monotonic(), overlap.moment(self.connection)
        outcomes = self._build(due)
        if brake.stops(self.connection, losses(due, outcomes)):
            lease.let_go(self.connection, number)
            return Counter()
        self._claim(due, outcomes)
        built = self.uploads.upload(outcomes, number, lambda: lease.renew(self.connection, number))
        with self.connection.transaction():
            slots = finish(self.connection, number, built, self.at or clock.now(), since)
            self._want_sitemaps(slots, lane)
            if lane == EDITS:
                history.keep(self.connection, [page.key for page in built])
            purges.want(self.connection, touched(outcomes, built), lane)
        self.pace.took(_kind(due[0]).kind, len(due), seconds := time.monotonic() - began)
        metrics.tell(due, built, seconds)
        tell_missed(due, built)
        raise_if_all_is_lost(built)
        return Counter(page.verdict for page in built)

    def _claim(self, due: Sequence[Due], outcomes: Sequence[Outcome]) -> None:
        """Nobody may clear an address where something of ours is about to stand for the first time."""
        new = [o.artifact.path for d, o in zip(due, outcomes, strict=True) if o.artifact and o.artifact.path != d.path]
        if new:
            orphans.claim(self.connection, new)

    def _build(self, due: list[Due]) -> list[Outcome]:
        """All pages of the batch from one moment; the snapshot is closed before anything is uploaded.

        A value that cannot be read spoils the batch: halves are tried until the page that holds it stands alone.
        """
        with snapshot(self.connection):
            read = self.builder.reader(self.connection, due, self.as_of, self.cards)
            try:
                return [self._page(read, page) for page in due]
            except psycopg.DataError as error:
                if len(due) == 1:
                    return [self.builder.failed(read, _kind(due[0]), due[0], _cause(error))]
        half = len(due) // 2
        return self._build(due[:half]) + self._build(due[half:])

    def look(self, due: Sequence[Due]) -> list[Outcome]:
        """What would become of these pages of one kind, by what the transaction at hand sees."""
        read = self.builder.reader(self.connection, due, self.as_of)
        return [self._page(read, page) for page in due]

    def _page(self, read: Reader, due: Due) -> Outcome:
        try:
            return self.builder.page(read, _kind(due), due)
        except psycopg.Error:
            raise  # the batch is at fault, or the database
        except Exception as error:
            return self.builder.failed(read, _kind(due), due, _cause(error))

    def sitemaps(self, slots: set[int]) -> list[str]:
        """The pages that list what has its slot there, and their index."""
        width = SHARDS // int(state.recall(self.connection, "sitemap_shards") or 1)
        return [*(f"sitemap/{shard}" for shard in sorted({slot // width for slot in slots})), "sitemap_index/"]

    def _want_sitemaps(self, slots: set[int], lane: int) -> None:
        """In the lane of the pages themselves, so that a large build writes its sitemaps once, at its end."""
        if slots:
            order = Order(DELAYS, lane)
            manifest.want(self.connection, self.sitemaps(slots), order, why="pages that it lists")


def _kind(due: Due) -> PageType:
    return BY_KIND[due.key.partition("/")[0]]


def _cause(error: Exception) -> str:
    """The error in one line, with the last place in code or template that it passed."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(traceback.format_exception_only(error)[-1].replace("\0", "").split())
    return f"{text[:300]} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
