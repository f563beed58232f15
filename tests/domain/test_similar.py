"""Similar titles: what is shared decides, every row says why, and equal facts give equal rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from domain import similar
from tests.factories import edit, link_studio, make_anime, make_genre, make_noise, make_studio
from tests.site.world import make_world


def test_a_studio_counts_more_than_a_season_and_shared_themes_add_up(connection: psycopg.Connection) -> None:
    anime = make_anime(connection, "anime", season_year=1998)
    studio, theme = (make_anime(connection, slug, season_year=2001) for slug in ("by-studio", "by-theme"))
    season = make_anime(connection, "by-season", season_year=1998)  # a season alone is not enough
    make_studio(connection, "Sunrise", anime, studio)
    make_genre(connection, "Space", anime, theme, kind="theme")
    make_genre(connection, "Jazz", anime, theme, kind="theme")
    make_noise(connection)

    similar.refresh(connection)

    assert [row[0] for row in rows(connection, anime)] == [str(theme), str(studio)]
    assert season not in (theme, studio)


def test_every_row_says_why(connection: psycopg.Connection) -> None:
    anime, other = make_anime(connection, "anime"), make_anime(connection, "other")
    studio = make_studio(connection, "Sunrise", anime, other)
    theme = make_genre(connection, "Space", anime, other, kind="theme")
    assert studio

    similar.refresh(connection)

    assert rows(connection, anime) == [(str(other), [theme], True, True)]


def test_equal_facts_write_nothing(connection: psycopg.Connection) -> None:
    make_world(connection)
    assert similar.refresh(connection) > 0
    connection.execute("DELETE FROM change_log")

    assert similar.refresh(connection) == 0
    assert connection.execute("SELECT count(*) FROM change_log").fetchone() == (0,)


def test_order_of_arrival_does_not_matter(connection: psycopg.Connection) -> None:
    make_world(connection)
    similar.refresh(connection)
    before = everything(connection)
    for table in ("anime_genre", "anime_studio"):
        connection.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table} ORDER BY md5(anime_id::text)")
        connection.execute(f"TRUNCATE {table}")
        connection.execute(f"INSERT INTO {table} TABLE kept_{table}")

    similar.refresh(connection)

    assert everything(connection) == before


def test_of_one_story_one_title_is_named_and_none_of_the_reader_s_own(connection: psycopg.Connection) -> None:
    slugs = ("naruto", "naruto-shippuden", "one-piece", "one-piece-film-red", "one-punch-man")
    anime = {slug: make_anime(connection, slug) for slug in slugs}
    make_studio(connection, "Toei", *anime.values())

    similar.refresh(connection)

    named = {str(id): slug for slug, id in anime.items()}
    assert [named[row[0]] for row in rows(connection, anime["naruto"])] == ["one-piece", "one-punch-man"]
    assert [named[row[0]] for row in rows(connection, anime["one-piece-film-red"])] == ["naruto", "one-punch-man"]


def test_adult_titles_are_nobody_s_neighbours(connection: psycopg.Connection) -> None:
    anime, adult = make_anime(connection, "anime"), make_anime(connection, "adult", adult=True)
    make_studio(connection, "Sunrise", anime, adult)

    similar.refresh(connection)
    assert everything(connection) == []

    edit(connection, adult, adult=False)
    similar.refresh(connection)
    assert len(everything(connection)) == 2


def test_at_most_six_are_shown_the_best_known_first(connection: psycopg.Connection) -> None:
    anime = make_anime(connection, "anime")
    others = [make_anime(connection, f"other-{number}", popularity=10 ** (number % 7)) for number in range(20)]
    studio = make_studio(connection, "Sunrise", anime)
    for other in others:
        link_studio(connection, other, studio)

    similar.refresh(connection)

    shown = [UUID(row[0]) for row in rows(connection, anime)]
    assert shown == [others[number] for number in (13, 6, 12, 19, 5, 11)]


def rows(connection: psycopg.Connection, anime: UUID) -> list[tuple[Any, ...]]:
    """(similar, shared genres, same studio, same season), most similar first."""
    row = connection.execute("SELECT titles FROM similar_title WHERE anime_id = %s", [anime]).fetchone()
    return [tuple(title) for title in row[0]] if row else []


def everything(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT anime_id, titles FROM similar_title ORDER BY anime_id").fetchall()
