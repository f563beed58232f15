"""Erasing accounts, step by step: each step may be done twice, or again after a crash, with the same end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg
import structlog

from domain import accounts, mails, schedule
from domain.errors import NotFound
from domain.keys import Keys
from domain.privacy import erasing, leaving, rows
from domain.privacy.classes import Table
from domain.privacy.erasing import Erasure
from domain.privacy.held import PEOPLE
from jobs.world import World
from ports import clock, counters
from ports.bucket import Bucket, Head, open_bucket
from ports.errors import PortError
from ports.settings import Settings
from ports.signing import open_keys

log = structlog.get_logger()
NOTE = Head("text/plain; charset=utf-8", "private, no-store")


class Waiting(Exception):
    """A step cannot be done yet, because of something that will have happened in a while."""


def erase(world: World, stop: Callable[[], bool] = lambda: False, held: Mapping[str, Table] = PEOPLE) -> dict[str, int]:
    """Go on with every erasure that is due; says how many came to their end and how many have to wait."""
    found = {"erased": 0, "waiting": 0}
    while not stop() and (erasure := erasing.take(world.connection, clock.now())):
        found["erased" if _go_on(world, erasure, held) else "waiting"] += 1
    seconds = erasing.next_due(world.connection, clock.now())
    if seconds is not None:
        schedule.hasten(world.connection, leaving.CHORE, seconds + 1)
    return found


def _go_on(world: World, erasure: Erasure, held: Mapping[str, Table]) -> bool:
    """The steps that are left; says whether that were all."""
    for name, step in STEPS.items():
        if name in erasure.done:
            continue
        try:
            step(world, erasure, held)
        except (Waiting, PortError) as error:
            wait = erasing.put_off(world.connection, erasure, clock.now(), " ".join(str(error).split()))
            log.info("erasing has to wait", erasure=erasure.id, step=name, error=str(error), seconds=wait.seconds)
            return False
        erasing.passed(world.connection, erasure.id, name)
    log.info("erased", erasure=erasure.id)
    return True


def _note(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    """By a number, outside of the database: an older one that is restored still holds the account."""
    uploads(world.settings).put(erasure.key, b"", NOTE)


def _files(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    if erasure.files:
        uploads(world.settings).delete(erasure.files)


def _rows(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    """Some at a time, each time in a transaction that also counts them."""
    if erasure.user_id is None:
        return
    for sort in rows.sorts(held):
        if sort.table == "mail":  # the last letter is still on its way
            continue
        while _some(world.connection, erasure, sort) == rows.AT_ONCE:
            pass
    erasing.rows_are_gone(world.connection, erasure.id)


def _some(connection: psycopg.Connection, erasure: Erasure, sort: rows.Sort) -> int:
    assert erasure.user_id is not None
    with connection.transaction():
        many = rows.see_to(connection, erasure.user_id, sort, erasure.keeps_reviews, rows.AT_ONCE)
        if many:
            erasing.count(connection, erasure.id, sort.end(erasure.keeps_reviews), sort.table, many)
    return many


def _limits(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    if erasure.user_id is not None:
        counters.forget(world.settings.redis_url, open_keys(world.settings), counters.account(erasure.user_id))


def _pages(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    """Where pages showed any of it, until they are published without it, and caches have forgotten the others."""
    if erasing.is_still_shown(world.connection, erasure.id):
        raise Waiting("pages that are older than the erasure are still to be published")


def _letter(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    """The address that it goes to is the last thing that is known."""
    if erasure.user_id is not None and mails.has_any(world.connection, erasure.user_id):
        raise Waiting("the letter about it has not been handed over yet")


def _account(world: World, erasure: Erasure, held: Mapping[str, Table]) -> None:
    """The row itself, and what was written meanwhile by a request that had begun before."""
    connection, backups = world.connection, timedelta(days=world.settings.backup_days)
    with connection.transaction():
        if erasure.user_id is not None:
            connection.execute("SELECT FROM account WHERE id = %s FOR UPDATE", [erasure.user_id])
            for sort in rows.sorts(held):
                while _some(connection, erasure, sort) == rows.AT_ONCE:
                    pass
            many = accounts.remove(connection, erasure.user_id)
            erasing.count(connection, erasure.id, "removed", "account", many)
        erasing.finish(connection, erasure.id, clock.now(), backups)


Step = Callable[[World, Erasure, Mapping[str, Table]], None]
STEPS: Mapping[str, Step] = {
    "note": _note,
    "files": _files,
    "rows": _rows,
    "limits": _limits,
    "pages": _pages,
    "letter": _letter,
    "account": _account,
}
"""In this order; the name of each that is behind stands in `erasure.done`."""


def again(connection: psycopg.Connection, bucket: Bucket, keys: Keys, at: datetime) -> int:
    """After a restore: begin to erase once more whoever had left since the backup; returns how many.

    An account is known by its number and the microsecond in which it joined: numbers are given again after a restore.
    """
    many = 0
    for key in bucket.keys(erasing.NOTES):
        user_id, joined, reviews = key.rpartition("/")[2].split("-")
        with suppress(NotFound), connection.transaction():
            account = accounts.of(connection, int(user_id))
            same = accounts.joined(connection, account.id) == int(joined)
            if same and not erasing.is_under_way(connection, account.id):
                leaving.leave(connection, keys, account, reviews == "kept", at, tell=False)
                many += 1
    return many


def forget_notes(bucket: Bucket, at: datetime, days: int) -> int:
    """Remove the notes of who is in no backup any more; returns how many."""
    oldest = f"{erasing.NOTES}{at - timedelta(days=days):%Y-%m-%d}/"
    old = [key for key in bucket.keys(erasing.NOTES) if key < oldest]
    bucket.delete(old)
    return len(old)


def uploads(settings: Settings) -> Bucket:
    return open_bucket(settings.uploads_url, "UPLOADS_URL")
