"""Rendering: dirty pages are leased, loaded from one snapshot, rendered, uploaded and recorded, batch by batch."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import psycopg

from domain import manifest, paths
from domain.built import Built, finish
from domain.manifest import SHARDS, Due
from ports.bucket import Bucket, Head
from ports.database import snapshot
from ports.errors import Refused
from sitegen.build import Builder, Outcome
from sitegen.page import Artifact
from sitegen.reader import Reader
from sitegen.site import BY_KIND

Heard = Callable[[Counter[str]], bool]


@dataclass(frozen=True)
class Renderer:
    """What rendering needs of the world: a connection, a bucket, the builder, today's date and the moment."""

    connection: psycopg.Connection
    bucket: Bucket
    builder: Builder
    as_of: date
    at: datetime

    def drain(
        self,
        batches: Mapping[str, int],
        keys: Sequence[str] | None = None,
        done: Heard = lambda verdicts: True,
    ) -> Counter[str]:
        """Build dirty pages of these kinds until there are none; `done` hears each batch, and its False stops."""
        total: Counter[str] = Counter()
        for verdicts in self._rounds(batches, keys):
            total += verdicts
            if not done(verdicts):
                break
        return total

    def _rounds(self, batches: Mapping[str, int], keys: Sequence[str] | None) -> Iterator[Counter[str]]:
        """Rounds over the kinds, each from its first key to its last; what became dirty behind waits for the next."""
        found = True
        while found:
            found = False
            for kind, limit in batches.items():
                after = manifest.FIRST
                while (leased := manifest.lease(self.connection, kind, limit, after, keys))[1]:
                    found, after = True, max((page.turn, page.key) for page in leased[1])
                    yield self._batch(*leased)

    def _batch(self, token: UUID, due: list[Due]) -> Counter[str]:
        outcomes = [self._upload(outcome) for outcome in self._build(due)]
        with self.connection.transaction():
            slots = finish(self.connection, token, [outcome.built for outcome in outcomes], self.at)
            self._want_sitemaps(slots)
        return Counter(outcome.built.verdict for outcome in outcomes)

    def _build(self, due: list[Due]) -> list[Outcome]:
        """All pages of the batch from one moment; the snapshot is closed before anything is uploaded.

        A value that cannot be read spoils the batch: halves are tried until the page that holds it stands alone.
        """
        with snapshot(self.connection):
            read = self.builder.reader(self.connection, due, self.as_of)
            try:
                return [self._page(read, page) for page in due]
            except psycopg.DataError as error:
                if len(due) == 1:
                    return [self.builder.failed(read, due[0], _cause(error))]
        half = len(due) // 2
        return self._build(due[:half]) + self._build(due[half:])

    def _page(self, read: Reader, due: Due) -> Outcome:
        try:
            return self.builder.page(read, BY_KIND[due.key.partition("/")[0]], due)
        except psycopg.Error:
            raise  # the batch is at fault, or the database
        except Exception as error:
            return self.builder.failed(read, due, _cause(error))

    def _upload(self, outcome: Outcome) -> Outcome:
        if outcome.artifact is None:
            return outcome
        try:
            self._put(outcome.artifact, outcome.built)
        except (ValueError, Refused) as error:
            failed = Built(outcome.built.key, outcome.built.wanted, "failed", tags=outcome.built.tags, error=str(error))
            return Outcome(failed)
        return outcome

    def _put(self, artifact: Artifact, built: Built) -> None:
        assert built.artifact_hash is not None
        digest = built.artifact_hash.hex()
        head = Head(artifact.content_type, artifact.cache_control, artifact.status, artifact.location, digest)
        self.bucket.put(paths.key_of(artifact.path), artifact.body, head)

    def _want_sitemaps(self, slots: set[int]) -> None:
        if slots:
            width = SHARDS // int(manifest.state(self.connection, "sitemap_shards") or 1)
            shards = {slot // width for slot in slots}
            manifest.want(self.connection, [*(f"sitemap/{shard}" for shard in shards), "sitemap_index/"])


def _cause(error: Exception) -> str:
    """The error in one line, with the last place in code or template that it passed."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(traceback.format_exception_only(error)[-1].replace("\0", "").split())
    return f"{text[:300]} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
