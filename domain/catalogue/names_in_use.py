"""Studios, genres and platforms: the rows that names stand for, made where a name is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg

from domain.catalogue.names import GENRE_KINDS, best_spelling, identity
from domain.catalogue.platforms import platform_of
from domain.catalogue.report import Report
from domain.slugs import free_slug


class Credit(NamedTuple):
    """One anime names one studio."""

    anime_id: str
    identity: str
    credited_as: str


class Names:
    """Identity → id of the rows of one table; `fresh` are those that this import made."""

    def __init__(self, connection: psycopg.Connection, table: str, report: Report) -> None:
        self.connection, self.table, self.report = connection, table, report
        column = "identity" if table == "studio" else "name"
        self.ids: dict[str, int] = {}
        self.fresh: set[int] = set()
        for row_id, name in connection.execute(f"SELECT id, {column} FROM {table} ORDER BY id"):
            self.ids.setdefault(name if table == "studio" else identity(name), row_id)

    def make(self, named: dict[str, tuple[Any, ...]], columns: tuple[str, ...]) -> None:
        """Insert the rows of new identities, whose values stand in the order of `columns`; the name comes first."""
        missing = sorted(key for key in named if key not in self.ids)
        if not missing:
            return
        taken = self._taken()
        rows = []
        for key in missing:
            values = named[key]
            slug = free_slug([values[0]], [], f"{self.table}-{_short(key)}", taken)
            taken.add(slug)
            rows.append((slug, *values))
        listed = ", ".join(("slug", *columns))
        marks = ", ".join(["%s"] * (len(columns) + 1))
        with self.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.table} ({listed}) VALUES ({marks}) RETURNING id",
                rows,
                returning=True,
            )
            for key in missing:
                (row_id,) = cursor.fetchone() or (0,)
                self.ids[key] = row_id
                self.fresh.add(row_id)
                cursor.nextset()
        self.report.wrote(self.table, "added", len(rows))

    def close(self, key: str, day: str) -> None:
        """Let a platform that is thought to be open have closed on this day."""
        done = self.connection.execute(
            "UPDATE platform SET closed_on = %s WHERE id = %s AND closed_on IS NULL", (day, self.ids[key])
        )
        self.report.wrote("platform", "changed", done.rowcount)

    def _taken(self) -> set[str]:
        question = f"SELECT slug FROM {self.table} UNION ALL SELECT slug FROM slug_history WHERE room = %s"
        return {slug for (slug,) in self.connection.execute(question, (self.table,))}


def _short(key: str) -> str:
    """A stable stand-in for a name without letters or digits."""
    return "-".join(f"{ord(character):x}" for character in key[:4])


def make_studios(studios: Names, credits: Iterable[Credit]) -> None:
    spellings: dict[str, Counter[str]] = {}
    for credit in credits:
        if credit.identity not in studios.ids:
            spellings.setdefault(credit.identity, Counter())[credit.credited_as] += 1
    named = {key: (best_spelling(counts), key) for key, counts in spellings.items()}
    studios.make(named, ("name", "identity"))


def make_genres(genres: Names, fields: Iterable[dict[str, Any]]) -> None:
    """A name that stands under several kinds belongs to the first of them."""
    spellings: dict[str, Counter[str]] = {}
    kinds: dict[str, str] = {}
    for field in fields:
        for kind in GENRE_KINDS:
            for name in field.get(f"{kind}s", ()):
                key = identity(name)
                if key not in genres.ids:
                    spellings.setdefault(key, Counter())[name] += 1
                    kinds[key] = min(kind, kinds.get(key, kind), key=GENRE_KINDS.index)
    genres.make(
        {key: (best_spelling(counts), kinds[key]) for key, counts in spellings.items()},
        ("name", "kind"),
    )


def make_platforms(platforms: Names, sites: Iterable[str], ended: dict[str, str]) -> None:
    """`ended` has the day on which the feeds say that a site closed which we do not know."""
    named: dict[str, tuple[Any, ...]] = {}
    for site in sorted(set(sites)):
        platform = platform_of(site)
        named.setdefault(
            identity(site),
            (platform.name, platform.closed_on or ended.get(identity(site))),
        )
    platforms.make(named, ("name", "closed_on"))
    for key, day in sorted(ended.items()):
        if platforms.ids[key] not in platforms.fresh:
            platforms.close(key, day)


def spellings_of(connection: psycopg.Connection, studio_ids: Iterable[int]) -> dict[int, Counter[str]]:
    """How often each spelling of these studios is credited."""
    counts: dict[int, Counter[str]] = {}
    question = """SELECT studio_id, credited_as, count(*) FROM anime_studio
                  WHERE studio_id = ANY(%s) GROUP BY studio_id, credited_as"""
    for studio_id, name, times in connection.execute(question, (list(studio_ids),)):
        counts.setdefault(studio_id, Counter())[name] = times
    return counts


def respell(
    connection: psycopg.Connection,
    before: dict[int, Counter[str]],
    studio_ids: Iterable[int],
    report: Report,
) -> None:
    """Show studios under their best spelling where this import made another one the best; an editor's name stays."""
    after = spellings_of(connection, studio_ids)
    renamed = [
        (best_spelling(counts), studio_id)
        for studio_id, counts in sorted(after.items())
        if before.get(studio_id) and best_spelling(before[studio_id]) != best_spelling(counts)
    ]
    if renamed:
        connection.execute(
            """UPDATE studio SET name = t.name FROM unnest(%s::text[], %s::integer[]) AS t (name, id)
               WHERE studio.id = t.id AND studio.name <> t.name""",
            ([name for name, _ in renamed], [studio_id for _, studio_id in renamed]),
        )
        report.wrote("studio", "changed", len(renamed))
