"""The plan of a build: what is to be built and why; a dry run is the same in a transaction that is rolled back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import psycopg

from domain import manifest, paths, seasons, state
from domain.brake import TOO_FEW, TOO_MANY
from jobs.relay import begin_anew, outdate_similar, relay_all
from jobs.sweep import refuse_if_too_many
from ports.bucket import Bucket, Head
from sitegen.build import Builder
from sitegen.page import PageType
from sitegen.site import BY_KIND, PAGE_TYPES

MARK = ".autotrack-bucket"


@dataclass(frozen=True)
class Plan:
    """Why pages are due, in the order in which it was found out; `due` counts them by kind.

    `left` were due before: an earlier build failed at them or was ended.
    """

    left: int
    changes: int
    new: int
    expired: int
    outdated: Mapping[str, int]
    lost: int
    due: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.due.values())


def plan(
    connection: psycopg.Connection,
    bucket: Bucket,
    builder: Builder,
    as_of: date,
    *,
    clean: bool = False,
    skip: Collection[str] = (),
    keys: Sequence[str] = (),
) -> Plan:
    """Mark dirty whatever differs from what the manifest says was built.

    Kinds to `skip` are not begun with. Where `keys` are named only they matter, and nothing is counted: what else is
    due may be much. Pages that failed wait for their time, or for a build that tries them (`lease.retry_failed`).
    """
    left = 0 if keys else sum(manifest.due_counts(connection).values())
    _turn_back(connection, as_of)
    seasons.ensure(connection, seasons.season_of(as_of))
    known = _known_kinds(connection)
    if clean:
        outdate_similar(connection)
    changes, new = _follow(connection, known, skip) if known else _begin(connection, skip)
    new += want_unknown(connection) if clean else 0
    lost = manifest.forget_objects(connection) if known and (clean or not is_ours(connection, bucket)) else 0
    expired = manifest.want_expired(connection, as_of)
    named = {key.partition("/")[0] for key in keys}
    recipes = {kind.kind: builder.recipe(kind) for kind in PAGE_TYPES if not keys or kind.kind in named}
    outdated = {kind: many for kind, many in manifest.want_outdated(connection, recipes).items() if many}
    # other code may know of other pages
    new += sum(manifest.want_missing(connection, _keys(connection, BY_KIND[kind])) for kind in outdated)
    return Plan(left, changes, new, expired, outdated, lost, {} if keys else manifest.due_counts(connection))


def want_unknown(connection: psycopg.Connection) -> int:
    """Want what the catalogue has and the manifest has never heard of; returns how many pages that are.

    Nothing says so where triggers are off, as in a load with `session_replication_role = replica`.
    """
    seasons.complete(connection)
    known = _known_kinds(connection)
    return sum(manifest.want_missing(connection, _keys(connection, kind)) for kind in PAGE_TYPES if kind.kind in known)


def _known_kinds(connection: psycopg.Connection) -> set[str]:
    """The kinds of page that were begun with."""
    return set((state.recall(connection, "kinds") or "").split())


def _begin(connection: psycopg.Connection, skip: Collection[str]) -> tuple[int, int]:
    """Nothing was ever built: every page is wanted."""
    with connection.transaction():
        consumed, new = begin_anew(connection), _begin_with(connection, set(), skip)
        connection.execute("ANALYZE page")  # it was empty a moment ago, and the planner would still think so
    return consumed, new


def _begin_with(connection: psycopg.Connection, known: set[str], skip: Collection[str]) -> int:
    """Want all pages of kinds that were never begun with, because they were skipped or came with a deploy."""
    kinds = [kind for kind in PAGE_TYPES if kind.kind not in known and kind.kind not in skip]
    new = sum(manifest.want_missing(connection, _keys(connection, kind)) for kind in kinds)
    if kinds:
        state.remember(connection, "kinds", " ".join(sorted(known | {kind.kind for kind in kinds})))
    return new


def _turn_back(connection: psycopg.Connection, as_of: date) -> None:
    """After a build for a later day: what that day brought is forgotten, and every page is looked at again."""
    last = state.recall(connection, "as_of")
    if last and as_of.isoformat() < last:
        seasons.forget_empty_after(connection, seasons.season_of(as_of))
        manifest.want_all(connection, "an earlier day")
    if last != as_of.isoformat():
        state.remember(connection, "as_of", as_of.isoformat())


def want_again(connection: psycopg.Connection, bucket: Bucket, keys: Sequence[str]) -> None:
    """Have these pages built, and uploaded too where the bucket does not hold what it should."""
    manifest.want(connection, keys)
    for key, path, digest in manifest.artifacts(connection, keys):
        there = bucket.look(paths.key_of(path))
        if there is None or there.head.digest != digest.hex():
            manifest.forget_artifact(connection, key)


def _follow(connection: psycopg.Connection, known: set[str], skip: Collection[str]) -> tuple[int, int]:
    """Changes consumed, and pages that are new."""
    new = _begin_with(connection, known, skip)
    return relay_all(connection), new


def _keys(connection: psycopg.Connection, kind: PageType) -> list[str]:
    return [kind.key(subject) for subject in kind.every(connection)]


def is_ours(connection: psycopg.Connection, bucket: Bucket) -> bool:
    """Whether the bucket is the one that the manifest describes; an emptied or another bucket is not."""
    mark = bucket.get(MARK)
    return mark is not None and mark.body.decode() == state.recall(connection, "bucket")


def mark_bucket(connection: psycopg.Connection, bucket: Bucket, version: int = 0) -> None:
    """Let this bucket be the one that the manifest describes; the mark keeps the highest `version` that it was given.

    Of that an epoch is told after a restore, when the database no longer knows.
    """
    mark, token = bucket.get(MARK), state.recall(connection, "bucket")
    ours = mark is not None and mark.body.decode() == token
    known = mark.head.version if mark else 0
    if ours and known >= version:
        return
    token = token if ours and token else uuid.uuid4().hex
    bucket.put(MARK, token.encode(), Head("text/plain; charset=utf-8", "no-store", version=max(known, version)))
    state.remember(connection, "bucket", token)


def guard(connection: psycopg.Connection, due: Mapping[str, int]) -> None:
    """Raise Conflict if the build would remove so many live pages that it is more likely a mistake."""
    if sum(due.values()) <= TOO_FEW or sum(due.values()) <= (live := manifest.live_count(connection)) * TOO_MANY:
        return
    dying = 0
    for kind in due:
        published = connection.execute(
            "SELECT key FROM page WHERE kind = %s AND path IS NOT NULL AND built < wanted", [kind]
        )
        standing = set(_keys(connection, BY_KIND[kind])) if kind in BY_KIND else set()
        dying += sum(1 for (key,) in published if key not in standing)
    refuse_if_too_many(dying, live)
