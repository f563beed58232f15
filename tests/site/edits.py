"""Edits of every kind, by every way that rows change; each picks its rows by a random number generator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy import update as bulk_update
from sqlalchemy.orm import Session

from domain.anime import FORMATS, STATUSES, Anime, Episode
from domain.taxonomy import Studio
from tests.factories import make_anime, make_episodes, make_offer
from tests.site.world import DAYS, POPULARITIES, SEASONS

Edit = Callable[[psycopg.Connection, Random], None]
EVERY_ANIME, EVERY_PLATFORM = "SELECT id FROM anime", "SELECT id FROM platform"
EVERY_OFFER = "SELECT anime_id, platform_id, region, kind FROM offer"
EVERY_EPISODE = "SELECT anime_id, kind, number, part FROM episode"


def row(connection: psycopg.Connection, rng: Random, statement: str) -> list[Any]:
    """One row of those that there are; no row at all ends the edit."""
    rows = sorted(connection.execute(statement).fetchall())
    if not rows:
        raise Nothing
    return list(rng.choice(rows))


class Nothing(Exception):
    """There is no row to edit."""


def setting(*changes: tuple[str, Callable[[Random], Any]], table: str = "anime") -> Edit:
    """An UPDATE of one row, psql-style."""

    def edit(connection: psycopg.Connection, rng: Random) -> None:
        values = [value(rng) for _, value in changes]
        sets = ", ".join(f"{name} = %s" for name, _ in changes)
        connection.execute(
            f"UPDATE {table} SET {sets} WHERE id = %s", values + row(connection, rng, f"SELECT id FROM {table}")
        )

    return edit


def word(rng: Random) -> str:
    return f"Word {rng.randrange(6)}"


def maybe_word(rng: Random) -> str | None:
    return rng.choice([None, word(rng)])


def day(rng: Random) -> date:
    return rng.choice(DAYS)


def move_season(connection: psycopg.Connection, rng: Random) -> None:
    connection.execute(
        "UPDATE anime SET season = %s, season_year = %s WHERE id = %s",
        [*rng.choice(SEASONS), *row(connection, rng, EVERY_ANIME)],
    )


def start(connection: psycopg.Connection, rng: Random) -> None:
    values = [day(rng), rng.choice(["day", "month", "year"]), rng.choice(STATUSES), *row(connection, rng, EVERY_ANIME)]
    connection.execute("UPDATE anime SET start_date = %s, start_precision = %s, status = %s WHERE id = %s", values)


def synopsis(connection: psycopg.Connection, rng: Random) -> None:
    text = rng.choice([None, "Twice.", "Two.\n\nParagraphs."])
    values = [text, text and "here", *row(connection, rng, EVERY_ANIME)]
    connection.execute("UPDATE anime SET synopsis = %s, synopsis_source = %s WHERE id = %s", values)


def edition(connection: psycopg.Connection, rng: Random) -> None:
    values = [Jsonb({"kind": "recap_film", "label": maybe_word(rng)}), *row(connection, rng, EVERY_ANIME)]
    connection.execute("UPDATE anime SET edition = %s WHERE id = %s OR primary_id IS NOT NULL", values)


def primary(connection: psycopg.Connection, rng: Random) -> None:
    values = [rng.choice([None, *row(connection, rng, EVERY_ANIME)]), *row(connection, rng, EVERY_ANIME)]
    connection.execute("UPDATE anime SET primary_id = %s WHERE id = %s", values)


def swap_slugs(connection: psycopg.Connection, rng: Random) -> None:
    """By hand in psql, with the history put right by hand."""
    one, first = row(connection, rng, "SELECT id, slug FROM anime")
    other, second = row(connection, rng, "SELECT id, slug FROM anime")
    for id, slug in ((one, "the-third"), (other, first), (one, second)):
        connection.execute("DELETE FROM slug_history WHERE slug = %s", [slug])
        connection.execute("UPDATE anime SET slug = %s WHERE id = %s", [slug, id])


def bulk(connection: psycopg.Connection, rng: Random) -> None:
    connection.execute("UPDATE anime SET title_english = %s, episode_count = 12 WHERE format = 'tv'", [maybe_word(rng)])


def by_orm(connection: psycopg.Connection, rng: Random) -> None:
    """A session that loads, changes, adds and deletes, and a bulk UPDATE."""
    id = row(connection, rng, EVERY_ANIME)[0]
    with Session(_engine(connection)) as session:
        anime = session.get_one(Anime, id)
        anime.title_english, anime.synonyms = word(rng), [word(rng)]
        session.merge(Episode(anime_id=id, kind="special", number=rng.randrange(3), part="", title_english=word(rng)))
        session.execute(bulk_update(Studio).values(name=Studio.name + "!").where(Studio.id == rng.randrange(1, 5)))
        session.commit()


def by_copy(connection: psycopg.Connection, rng: Random) -> None:
    anime = row(connection, rng, EVERY_ANIME)[0]
    with connection.cursor().copy("COPY episode (anime_id, kind, number, title_english) FROM STDIN") as copy:
        for number in range(first := rng.randrange(0, 230), first + rng.choice([1, 55])):
            copy.write_row([anime, "regular", number, word(rng)])


def by_upsert(connection: psycopg.Connection, rng: Random) -> None:
    values = [
        *row(connection, rng, EVERY_ANIME),
        *row(connection, rng, EVERY_PLATFORM),
        rng.choice(["", "US", "JP"]),
        word(rng),
    ]
    connection.execute(
        "INSERT INTO offer (anime_id, platform_id, region, kind, url, label)"
        " VALUES (%s, %s, %s, 'free', 'https://x.test', %s)"
        " ON CONFLICT (anime_id, platform_id, region, kind) DO UPDATE SET label = excluded.label, url = excluded.url",
        values,
    )


def link(table: str, of: str, more: str = "") -> Edit:
    """Add or remove a row between an anime and something."""

    def edit(connection: psycopg.Connection, rng: Random) -> None:
        pair = row(connection, rng, EVERY_ANIME) + row(connection, rng, f"SELECT id FROM {of.partition('_')[0]}")
        if not connection.execute(f"DELETE FROM {table} WHERE anime_id = %s AND {of} = %s", pair).rowcount:
            connection.execute(f"INSERT INTO {table} SELECT %s, %s {more}", pair)

    return edit


def relate(connection: psycopg.Connection, rng: Random) -> None:
    pair = row(connection, rng, EVERY_ANIME) + row(connection, rng, EVERY_ANIME)
    if not connection.execute("DELETE FROM relation WHERE anime_id = %s OR related_id = %s", pair).rowcount:
        connection.execute("INSERT INTO relation VALUES (%s, %s, 'spin_off')", pair)


def of_offer(what: str, *values: Callable[[Random], Any]) -> Edit:
    """An act on one offer."""

    def edit(connection: psycopg.Connection, rng: Random) -> None:
        key = row(connection, rng, EVERY_OFFER)
        where = "anime_id = %s AND platform_id = %s AND region = %s AND kind = %s"
        connection.execute(f"{what} WHERE {where}", [value(rng) for value in values] + key)

    return edit


def of_episode(what: str, *values: Callable[[Random], Any]) -> Edit:
    def edit(connection: psycopg.Connection, rng: Random) -> None:
        key = row(connection, rng, EVERY_EPISODE)
        where = "anime_id = %s AND kind = %s AND number = %s AND part = %s"
        connection.execute(f"{what} WHERE {where}", [value(rng) for value in values] + key)

    return edit


def one_episode(connection: psycopg.Connection, rng: Random) -> None:
    anime = row(connection, rng, "SELECT DISTINCT anime_id FROM episode")[0]
    make_episodes(
        connection, anime, rng.choice([0, 3, 51, 100, 101, 250, 401]), airs_at=datetime(2026, 11, 22, 9, tzinfo=UTC)
    )


def new_anime(connection: psycopg.Connection, rng: Random) -> None:
    season, year = rng.choice(SEASONS)
    anime = make_anime(
        connection, f"n{rng.randrange(8)}", season=season, season_year=year, adult=rng.random() < 0.3,
        popularity=rng.choice(POPULARITIES), format=rng.choice(FORMATS), id=UUID(int=rng.getrandbits(128)),
    )  # fmt: skip
    make_offer(connection, anime, row(connection, rng, EVERY_PLATFORM)[0])


def review(connection: psycopg.Connection, rng: Random) -> None:
    """Somebody writes of an anime, or says something else of it, or staff look at it."""
    writer = rng.randrange(4)
    connection.execute(
        "INSERT INTO account (id, handle, email, password, created_at, verified_at)"
        " VALUES (%s, %s, %s, '', now(), now()) ON CONFLICT DO NOTHING",
        [writer, f"writer_{writer}", f"{writer}@fans.test"],
    )
    at = datetime(2026, 11, rng.randrange(1, 20), tzinfo=UTC)
    connection.execute(
        "INSERT INTO review (user_id, anime_id, body, spoiler, reached, state, published_at, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (user_id, anime_id) DO UPDATE SET"
        " body = excluded.body, spoiler = excluded.spoiler, state = excluded.state, deleted_at = NULL",
        [writer, *row(connection, rng, EVERY_ANIME), word(rng), rng.random() < 0.5, rng.choice([None, 0, 3]),
         rng.choice(["waiting", "shown", "shown", "hidden"]), at, at, at],
    )  # fmt: skip


def of_writer(what: str, *values: Callable[[Random], Any]) -> Edit:
    """Something that one of those who write reviews does."""

    def edit(connection: psycopg.Connection, rng: Random) -> None:
        writer = row(connection, rng, "SELECT id FROM account")
        connection.execute(what, [value(rng) for value in values] + writer)

    return edit


def reception(connection: psycopg.Connection, rng: Random) -> None:
    """The job has counted."""
    score, votes = rng.choice([(None, None), (84, 12), (71, 1200)])
    connection.execute(
        "INSERT INTO reception (anime_id, score, votes, fans) VALUES (%s, %s, %s, %s) ON CONFLICT (anime_id)"
        " DO UPDATE SET score = excluded.score, votes = excluded.votes, fans = excluded.fans",
        [*row(connection, rng, EVERY_ANIME), score, votes, rng.choice([10, 3400])],
    )


def execute(*statements: str) -> Edit:
    """Statements that name no row."""

    def edit(connection: psycopg.Connection, rng: Random) -> None:
        for statement in statements:
            connection.execute(statement)

    return edit


def deletion(table: str) -> Edit:
    def edit(connection: psycopg.Connection, rng: Random) -> None:
        id = row(connection, rng, f"SELECT id FROM {table}")
        if table == "anime":  # one that somebody has written of cannot go
            connection.execute("DELETE FROM review WHERE anime_id = %s", id)
        connection.execute(f"DELETE FROM {table} WHERE id = %s", id)

    return edit


def _engine(connection: psycopg.Connection) -> Engine:
    """The ORM's own way to the database of this connection."""
    info = connection.info
    address = f"postgresql+psycopg://{info.user}:{info.password}@{info.host}:{info.port}/{info.dbname}"
    return create_engine(address, poolclass=NullPool)
