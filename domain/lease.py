"""Leases: who builds which dirty pages, until when, and in which order of time.

The number of a lease is higher than those of all leases before it. Objects in the bucket carry it, so of two workers
who believe that a page is theirs the bucket keeps what the later one made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from domain.built import ATTEMPTS

SECONDS = 20
SUSPECT = 1
"""A page that more workers than that never came back from is built alone: it may be what ended them."""
EDITS, BULK = LANES = (0, 1)
"""Pages that a change reached, and those that a build, a deploy or a new day wants: edits overtake."""
Place = tuple[int, str]
"""Turn and key: where a page stands in the queue of its kind."""
FIRST: Place = (-32768, "")
"""The turn of what was edited itself; no other page has it."""
LAST = 32767


@dataclass(frozen=True, slots=True)
class Due:
    """A dirty page under lease: the version to reach, and the traces of its last build.

    `waited` is for how many seconds a change had waited for it then; None where none did, as in bulk. `size` is that of
    what stands, in bytes; `why` is what made the page dirty. There is no `artifact_hash` where nobody knows what stands
    in the bucket: its last worker was never heard of again.
    """

    key: str
    turn: int
    wanted: int
    path: str | None
    document_hash: bytes | None
    artifact_hash: bytes | None
    etag: str | None
    recipe: bytes | None
    waited: float | None = None
    size: int | None = None
    why: str | None = None


SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """For how many seconds pages have been free for anyone to build, and how many, by a sample of up to SAMPLE."""

    seconds: float
    pages: int


_TAKE = """
WITH number AS MATERIALIZED (SELECT nextval('page_version') AS n), found AS MATERIALIZED (
    SELECT key, lease IS NOT NULL AS left_alone, lease IS NOT NULL AND attempts >= {suspect} AS suspect FROM page
    WHERE lane = %(lane)s AND kind = %(kind)s AND (turn, key) > (%(turn)s, %(key)s) AND turn <= %(last)s
      AND built < wanted AND {patience}
      AND (leased_until IS NULL OR leased_until < now()) AND (%(keys)s::text[] IS NULL OR key = ANY (%(keys)s))
      AND NOT EXISTS (SELECT FROM site_state WHERE name = 'brake')
    ORDER BY turn, key LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), mine AS (
    SELECT * FROM found WHERE NOT suspect
    UNION ALL (SELECT * FROM found WHERE NOT EXISTS (SELECT FROM found WHERE NOT suspect) LIMIT 1)
)
UPDATE page SET lease = number.n, leased_until = now() + make_interval(secs => %(seconds)s),
    attempts = attempts + left_alone::integer,
    due_at = CASE WHEN suspect THEN now() + make_interval(secs => %(seconds)s + power(2, attempts)) ELSE due_at END
FROM number, mine WHERE page.key = mine.key
RETURNING page.lease, page.key, page.turn, wanted, path, document_hash,
    CASE WHEN left_alone THEN NULL ELSE artifact_hash END, CASE WHEN left_alone THEN NULL ELSE etag END, recipe,
    extract(epoch FROM clock_timestamp() - wanted_at)::float, size, why, left_alone AND attempts >= {attempts}
"""
_NOW, _WHEN_DUE = (
    _TAKE.format(patience=patience, suspect=SUSPECT, attempts=ATTEMPTS)
    for patience in ("failed < wanted", "due_at <= now()")
)
_GIVE_UP = f"""
UPDATE page SET lease = NULL, leased_until = NULL, failed = wanted, verdict = 'failed', built_at = now(),
    tried = coalesce(%s::bytea, tried),
    due_at = 'infinity', artifact_hash = NULL, etag = NULL,
    error = 'none of {ATTEMPTS} workers came back from it: it takes too long, or ends the process that builds it'
WHERE lease = %s AND attempts >= {ATTEMPTS}"""
# who was edited since it was taken has begun to count anew


def take(
    connection: psycopg.Connection,
    lane: int,
    kind: str,
    limit: int,
    after: Place = FIRST,
    last: int = LAST,
    *,
    keys: Sequence[str] | None = None,
    patient: bool = False,
    recipe: bytes | None = None,
) -> tuple[int, list[Due]]:
    """The number of a lease on up to `limit` dirty pages of one kind, by turn and key from `after` to turn `last`.

    Who is `patient` leaves pages that are not due yet and tries those that failed when it is their time; a build takes
    all but those that failed. `after` spares a drain the index entries of what it has built itself. A page that worker
    after worker never came back from is given up, until the `recipe` is another one.
    """
    rows = connection.execute(
        _WHEN_DUE if patient else _NOW,
        {
            "seconds": SECONDS, "lane": lane, "kind": kind, "turn": after[0], "key": after[1],
            "keys": list(keys) if keys is not None else None, "limit": limit, "last": last,
        },
    ).fetchall()  # fmt: skip
    if rows and rows[0][-1] and connection.execute(_GIVE_UP, [recipe, rows[0][0]]).rowcount:  # it came alone
        return take(connection, lane, kind, limit, after, last, keys=keys, patient=patient, recipe=recipe)
    return (rows[0][0] if rows else 0), [Due(*row[1:-1]) for row in rows]


def renew(connection: psycopg.Connection, number: int) -> None:
    """Keep the pages of a lease for as long again."""
    connection.execute(
        "UPDATE page SET leased_until = now() + make_interval(secs => %s) WHERE lease = %s AND built < wanted",
        [SECONDS, number],
    )


def give_back(connection: psycopg.Connection, number: int, keys: Sequence[str]) -> None:
    """Let others have these pages of a lease at once; what stands in the bucket is not known."""
    connection.execute("UPDATE page SET leased_until = NULL WHERE lease = %s AND key = ANY (%s)", [number, list(keys)])


def let_go(connection: psycopg.Connection, number: int) -> None:
    """Nothing was done with the pages of a lease."""
    connection.execute("UPDATE page SET lease = NULL, leased_until = NULL WHERE lease = %s", [number])


def kinds_awaited(connection: psycopg.Connection) -> set[str]:
    """The kinds of which a page is free to be built that was edited itself, so that its editor is waiting for it."""
    rows = connection.execute(
        "SELECT DISTINCT kind FROM page WHERE lane = %s AND turn = %s AND built < wanted AND due_at <= now()"
        " AND (leased_until IS NULL OR leased_until < now())",
        [EDITS, FIRST[0]],
    )
    return {kind for (kind,) in rows}


def kinds_due(connection: psycopg.Connection, lane: int) -> set[str]:
    """The kinds of which a page is due in a lane, leased or not."""
    rows = connection.execute(
        "SELECT DISTINCT kind FROM page WHERE lane = %s AND built < wanted AND due_at <= now()", [lane]
    )
    return {kind for (kind,) in rows}


def retry_failed(connection: psycopg.Connection, keys: Sequence[str] | None = None, *, alone: bool = True) -> int:
    """Let a build try the pages that failed, dead letters too, at once, whoever builds them.

    Who is `alone` also takes back the leases of the dead.
    """
    return connection.execute(
        "UPDATE page SET failed = 0, attempts = 0, due_at = least(due_at, now()),"
        " leased_until = CASE WHEN %(alone)s THEN NULL ELSE leased_until END"
        " WHERE built < wanted AND (failed > 0 OR due_at = 'infinity' OR (%(alone)s AND lease IS NOT NULL))"
        " AND (%(keys)s::text[] IS NULL OR key = ANY (%(keys)s))",
        {"keys": list(keys) if keys is not None else None, "alone": alone},
    ).rowcount


def waiting(connection: psycopg.Connection, lane: int) -> Waiting | None:
    """What pages of a lane are free for anyone to build; None if there are none."""
    row = connection.execute(
        "SELECT extract(epoch FROM now() - min(since))::float, count(*) FROM ("
        "  SELECT greatest(due_at, leased_until) AS since FROM page WHERE lane = %s AND built < wanted"
        "  AND due_at <= now() AND (leased_until IS NULL OR leased_until < now()) LIMIT %s) sample",
        [lane, SAMPLE],
    ).fetchone()
    return Waiting(*row) if row and row[1] else None


def held(connection: psycopg.Connection, lane: int) -> bool:
    """Whether somebody builds pages of a lane at this moment."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM page WHERE lane = %s AND built < wanted AND leased_until > now())", [lane]
    ).fetchone()
    return row == (True,)


def as_if_due(connection: psycopg.Connection, keys: Sequence[str]) -> list[Due]:
    """These pages as they would be leased, in the order of their keys, also unknown ones; nothing is held."""
    rows = connection.execute(
        "SELECT k.key, 0, coalesce(p.wanted, 0), p.path, p.document_hash, p.artifact_hash, p.etag, p.recipe"
        " FROM unnest(%s::text[]) k (key) LEFT JOIN page p ON p.key = k.key ORDER BY k.key",
        [list(keys)],
    ).fetchall()
    return [Due(*row) for row in rows]
