"""The shelf: a fan's entries filtered, sorted and cut into pages, in one statement within one user."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID

import orjson
import psycopg

from domain.errors import Invalid
from domain.library.entry import COLUMNS, Entry, entry
from domain.library.rows import STATUSES

PAGE = 200
"""Entries that one page may have at most."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which entries, and in which order; what is left out does not matter.

    `words` must all stand in one of the titles, `tags` all be on the entry; `year` is that of the season.
    """

    status: str | None = None
    words: str = ""
    format: str | None = None
    year: int | None = None
    tags: Sequence[str] = ()
    airing: bool | None = None
    score_min: int | None = None
    score_max: int | None = None
    favourite: bool | None = None
    sort: str = "updated"


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of an anime; `airing` says whether it does now."""

    slug: str
    title_english: str | None
    title_romaji: str
    title_japanese: str | None
    format: str
    year: int | None
    airing: bool
    cover: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the value that was sorted by, and the anime. As text it goes through an address."""

    sort: str
    value: Any
    anime_id: UUID

    def __str__(self) -> str:
        return urlsafe_b64encode(orjson.dumps([self.sort, self.value, self.anime_id])).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises Invalid for what was no cursor."""
        try:
            sort, value, anime_id = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(str(sort), value, UUID(anime_id))
        except (ValueError, TypeError, AttributeError) as error:
            raise Invalid("after", "is not what a page before gave") from error


@dataclass(frozen=True, slots=True)
class Page:
    """Entries with their anime; `counts` says how many there are of each status, whatever was filtered.

    `following` is where the next page begins; None on the last.
    """

    entries: list[tuple[Entry, Card]]
    counts: dict[str, int]
    following: Cursor | None


def _integer(value: object) -> int:
    if not isinstance(value, int) or abs(value) >= 2**31:
        raise ValueError(value)
    return int(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


_READ: dict[str, Callable[[object], Any]] = {
    "integer": _integer, "text": _text, "timestamptz": _moment, "date": lambda value: date.fromisoformat(str(value)),
}  # fmt: skip
"""By type, what a cursor says as a value: never as it was written, for Python reads more than PostgreSQL does."""
TITLE = "coalesce(a.title_english, a.title_romaji)"
SORTS: dict[str, tuple[str, str, bool]] = {
    "updated": ("e.updated_at", "timestamptz", True),
    "added": ("e.added_at", "timestamptz", True),
    "title": (f"lower({TITLE})", "text", False),
    "score": ("coalesce(e.score, -1)", "integer", True),
    "progress": ("e.progress", "integer", True),
    "priority": ("e.priority", "integer", True),
    "year": ("coalesce(a.season_year, 0)", "integer", True),
    "started": ("coalesce(e.started, '0001-01-01')", "date", True),
    "finished": ("coalesce(e.finished, '0001-01-01')", "date", True),
}
"""By name: what is sorted by, its type, and whether the greatest comes first."""
FILTERS = {
    "status": "e.status = %(status)s",
    "format": "a.format = %(format)s",
    "year": "a.season_year = %(year)s",
    "tags": "e.tags @> %(tags)s::text[]",
    "airing": "(a.status = 'airing') = %(airing)s",
    "score_min": "e.score >= %(score_min)s",
    "score_max": "e.score <= %(score_max)s",
    "favourite": "e.favourite = %(favourite)s",
    "words": "concat_ws(' ', a.title_english, a.title_romaji, a.title_japanese, array_to_string(a.synonyms, ' '))"
    " ILIKE ALL (%(words)s)",
}
CARD = (
    "a.slug, a.title_english, a.title_romaji, a.title_japanese, a.format, a.season_year,"
    " a.status = 'airing' AS airing, a.cover"
)
"""Of an anime `a`, what Card is made of."""
_SHELF = """
SELECT (SELECT coalesce(json_object_agg(status, n), '{{}}') FROM (
    SELECT status, count(*) AS n FROM entry WHERE user_id = %(user)s GROUP BY status) c), page.*
FROM (SELECT) one LEFT JOIN (
    SELECT to_json({key}) AS sorted_by, {card}, {columns}
    FROM entry e JOIN anime a ON a.id = e.anime_id WHERE {where}
    ORDER BY {key} {way}, e.anime_id {way} LIMIT %(limit)s
) page ON true
"""


def shelf(
    connection: psycopg.Connection, user_id: int, query: Query, after: Cursor | None = None, limit: int = 50
) -> Page:
    """One page of a library. Raises Invalid for a sort or status that is none, or a cursor of another sort."""
    where, parameters = _where(query, after)
    key, _, descending = SORTS[query.sort]
    sql = _SHELF.format(
        key=key, card=CARD, columns=COLUMNS, where=" AND ".join(where), way="DESC" if descending else "ASC"
    )
    limit = max(1, min(limit, PAGE))
    rows = connection.execute(sql, parameters | {"user": user_id, "limit": limit + 1}).fetchall()
    found = [row for row in rows if row[2] is not None]  # where there is none, the counts stand alone
    shown = found[:limit]
    return Page(
        entries=[(entry(row[_ENTRY:]), Card(*row[2:_ENTRY])) for row in shown],
        counts=dict.fromkeys(STATUSES, 0) | rows[0][0],
        following=Cursor(query.sort, shown[-1][1], shown[-1][_ENTRY]) if len(found) > limit else None,
    )


_ENTRY = 2 + len(Card.__dataclass_fields__)


def _where(query: Query, after: Cursor | None) -> tuple[list[str], dict[str, Any]]:
    if query.sort not in SORTS:
        raise Invalid("sort", f"must be one of {', '.join(SORTS)}")
    if query.status is not None and query.status not in STATUSES:
        raise Invalid("status", f"must be one of {', '.join(STATUSES)}")
    for name, words in (("q", [query.words]), ("tag", query.tags)):
        if any("\0" in word for word in words):
            raise Invalid(name, "must be text")
    parameters = {name: value for name in FILTERS if (value := getattr(query, name)) not in (None, "", (), [])}
    if "words" in parameters:
        parameters["words"] = [f"%{_literal(word)}%" for word in query.words.split()]
    if "tags" in parameters:
        parameters["tags"] = list(query.tags)
    where = ["e.user_id = %(user)s", *(FILTERS[name] for name in parameters)]
    if after:
        if after.sort != query.sort:
            raise Invalid("after", "is of another order")
        where.append(_beyond(after))
        parameters |= {"value": _value(after), "anime": after.anime_id}
    return where, parameters


def _beyond(after: Cursor) -> str:
    key, type_, descending = SORTS[after.sort]
    return f"({key}, e.anime_id) {'<' if descending else '>'} (%(value)s::{type_}, %(anime)s)"


def _value(after: Cursor) -> Any:
    try:
        return _READ[SORTS[after.sort][1]](after.value)
    except (ValueError, OverflowError) as error:
        raise Invalid("after", "is not what a page before gave") from error


def _literal(word: str) -> str:
    """Without a meaning in a pattern."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
