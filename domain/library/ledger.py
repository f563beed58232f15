"""How a library is changed: read and locked by one statement, written by another, however many entries it is.

Whoever changes an entry holds the lock of its row until the transaction ends, so that two devices write one after the
other, and each sees what the other did. Nothing is written where nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import psycopg
from msgspec.json import Decoder
from msgspec.structs import replace as put

from domain.errors import Conflict, Invalid, NotFound, Stale
from domain.library.diff import difference
from domain.library.entry import MOST, Changed, Entry, among
from domain.library.rows import Cycle, Ledger, Play, Row
from domain.library.write import Act, Step, write

Rule = Callable[[Ledger], tuple[Ledger, str]]
"""What is to become of a ledger, and a sentence that explains it."""
ATTEMPTS = 5
"""An entry that somebody else brings into being at the same moment is found at the second one."""

_HOLD = """
WITH held AS MATERIALIZED (
    SELECT * FROM entry WHERE user_id = %(user)s AND anime_id {these} ORDER BY anime_id {lock}
)
SELECT a.id, a.episode_count, a.status = 'finished' OR coalesce(a.end_date < %(at)s::timestamptz::date, false),
    (SELECT version FROM entry e WHERE e.user_id = %(user)s AND e.anime_id = a.id) IS NOT DISTINCT FROM held.version,
    to_json(held)::text,
    (SELECT json_agg(c ORDER BY number)::text FROM cycle c WHERE c.user_id = %(user)s AND c.anime_id = a.id),
    (SELECT json_agg(json_build_array(id, kind, number, cycle, watched_at, watched_on, precision, source) ORDER BY id)
        ::text FROM watch w WHERE w.user_id = %(user)s AND w.anime_id = a.id)
FROM anime a LEFT JOIN held ON held.anime_id = a.id WHERE a.id {these} ORDER BY a.id
"""
# `held` is as the lock found it, all else as it was when the statement began: after a wait they may differ
_ROW, _CYCLES, _PLAYS = Decoder(Row), Decoder(tuple[Cycle, ...]), Decoder(tuple[Play, ...])


def change(connection: psycopg.Connection, act: Act, anime_id: UUID, rule: Rule) -> Changed:
    """Change one entry. Raises NotFound where there is no such anime, and what the rule raises."""
    (changed,) = change_all(connection, act, [anime_id], rule)
    return changed


def change_all(
    connection: psycopg.Connection, act: Act, anime_ids: Sequence[UUID], rule: Rule, skip_unknown: bool = False
) -> list[Changed]:
    """Change many entries by one rule, all or none; answers in the order of `anime_ids`, each of them once.

    Anime that there are not are left out of the answers, or else raise NotFound.
    """
    wanted, done = sorted(set(anime_ids)), dict[UUID, Changed]()  # all lock in this order, so none waits in a circle
    if len(wanted) > MOST:
        raise Invalid("anime", f"must be {MOST} or fewer at once")
    for _ in range(ATTEMPTS):
        ledgers = hold(connection, act.user_id, [anime_id for anime_id in wanted if anime_id not in done], act.at)
        wanted = [anime_id for anime_id in wanted if anime_id in done or anime_id in ledgers or not skip_unknown]
        if lost := [anime_id for anime_id in wanted if anime_id not in done and anime_id not in ledgers]:
            raise NotFound(f"There is no anime {lost[0]}.")
        done |= take(connection, act, [step(ledger, rule, act.at) for ledger in ledgers.values()])
        if len(done) == len(wanted):
            return [done[anime_id] for anime_id in dict.fromkeys(anime_ids) if anime_id in done]
    raise Conflict("Somebody else keeps adding this at the same time. Please try again.")


def in_library(rule: Rule, if_version: int | None = None) -> Rule:
    """Of what is tracked only."""

    def check(ledger: Ledger) -> tuple[Ledger, str]:
        if ledger.row is None:
            raise NotFound("This anime is not in your library.")
        return rule(ledger)

    return of_version(check, if_version)


def of_version(rule: Rule, if_version: int | None) -> Rule:
    """Of the version that was looked at; any where none is named."""

    def check(ledger: Ledger) -> tuple[Ledger, str]:
        if if_version is not None and if_version != (ledger.row.version if ledger.row else 0):
            raise Stale("This was changed elsewhere since you looked at it.")
        return rule(ledger)

    return check


def hold(connection: psycopg.Connection, user_id: int, anime_ids: Sequence[UUID], at: datetime) -> dict[UUID, Ledger]:
    """Lock what there is of these and read it; anime that do not exist are left out."""
    these, value = among(anime_ids)
    sql, parameters = _HOLD.format(these=these, lock="FOR UPDATE"), {"user": user_id, "anime": value, "at": at}
    rows = connection.execute(sql, parameters).fetchall()
    if not all(row[3] for row in rows):  # there was a wait; now the locks are ours, and so is what they guard
        rows = connection.execute(sql, parameters).fetchall()
    return {row[0]: _ledger(*row) for row in rows}


def read(connection: psycopg.Connection, user_id: int, anime_id: UUID, at: datetime) -> Ledger | None:
    """What there is of one anime, without a lock; None where there is no such anime."""
    sql = _HOLD.format(these="= %(anime)s", lock="")
    row = connection.execute(sql, {"user": user_id, "anime": anime_id, "at": at}).fetchone()
    return _ledger(*row) if row else None


def _ledger(
    anime_id: UUID, total: int | None, aired: bool, fresh: bool, row: str | None, cycles: str | None, plays: str | None
) -> Ledger:
    if row is None:
        return Ledger(anime_id, total, aired)
    return Ledger(
        anime_id, total, aired, _ROW.decode(row), _CYCLES.decode(cycles or "[]"), _PLAYS.decode(plays or "[]")
    )


def step(before: Ledger, rule: Rule, at: datetime) -> Step:
    """What a rule makes of a ledger; the version grows where anything changes."""
    after, explained = rule(before)
    changed = difference(before, after)
    if after.row and changed:
        after = replace(after, row=put(after.row, version=after.row.version + 1, updated_at=at))
    return Step(before, after, explained, changed)


def take(connection: psycopg.Connection, act: Act, steps: Sequence[Step]) -> dict[UUID, Changed]:
    """Write what changed; left out are entries that somebody else has brought into being since they were looked for."""
    new = [one for one in steps if one.changed]
    ids = {one.before.anime_id: 0 for one in steps if not one.changed}
    if new:
        ids |= write(connection, act, new)
    return {
        anime_id: Changed(Entry.of(one.after), ids[anime_id], one.explained)
        for one in steps
        if (anime_id := one.before.anime_id) in ids
    }
