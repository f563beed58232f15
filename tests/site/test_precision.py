"""Precision: an edit publishes the pages that show it and no other; sitemaps follow, because lastmod moves."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from jobs.relay import relay_all
from sitegen.pages.studio import WHOLE
from tests.factories import (
    edit,
    make_anime,
    make_genre,
    make_noise,
    make_offer,
    make_platform,
    make_relation,
    make_studio,
    update,
)
from tests.site.whole import WholeSite

BEBOP = "cowboy-bebop"


def test_a_synopsis_reaches_only_the_anime_page(site: WholeSite, bebop: UUID) -> None:
    edit(site.connection, bebop, synopsis="Space.", synopsis_source="here")

    site.build()

    assert site.published() == {"/anime/cowboy-bebop"}


def test_when_lastmod_moves_its_sitemap_and_the_index_of_sitemaps_follow(site: WholeSite, bebop: UUID) -> None:
    edit(site.connection, bebop, synopsis="Space.", synopsis_source="here")

    verdicts = site.settle()

    assert {kind: found for kind, found in verdicts.items() if "publish" in found} == {
        "anime": ["publish"],
        "sitemap": ["publish"],
        "sitemap_index": ["publish"],
    }


def test_a_title_reaches_only_the_pages_that_show_it(site: WholeSite, bebop: UUID) -> None:
    showing = {path for path, body in pages(site).items() if b"Cowboy Bebop" in body}
    edit(site.connection, bebop, title_english="Space Cowboys")

    site.build()

    assert site.published() == showing == {path for path, body in pages(site).items() if b"Space Cowboys" in body}
    assert "/anime/noise-1" not in showing


def test_a_title_is_not_even_looked_for_on_views_that_leave_it_out(site: WholeSite, bebop: UUID) -> None:
    for number in range(WHOLE):
        year = 1998 if number else 2011
        other = make_anime(site.connection, f"film-{number}", format="movie", season="spring", season_year=year)
        site.connection.execute(
            "INSERT INTO anime_studio SELECT %s, id, '' FROM studio WHERE slug = 'sunrise'", [other]
        )
    edit(site.connection, bebop, season="spring", format="tv")
    site.build()
    (studio,) = site.connection.execute("SELECT id FROM studio WHERE slug = 'sunrise'").fetchall()[0]
    edit(site.connection, bebop, title_english="Space Cowboys")

    relay_all(site.connection)

    keys = {key for (key,) in site.connection.execute("SELECT key FROM page WHERE path IS NOT NULL")}
    dirty = {key for key in site.dirty() if key.startswith(("season_format/", "studio_decade/"))}
    views = {f"season_format/spring-1998/tv{order}" for order in ("", "/a-z", "/air-time")}
    assert "season_format/spring-1998/movie" in keys
    assert dirty == {f"studio_decade/{studio}/1990s", *views}


def test_a_season_move_reaches_both_seasons_and_no_other(site: WholeSite, bebop: UUID) -> None:
    edit(site.connection, bebop, season="fall")

    site.build()

    seasons = {path for path in site.published() if path.startswith("/season")}
    assert seasons == {"/season/spring-1998", "/season/fall-1998", "/seasons"}


@pytest.mark.parametrize("column, value", [("popularity", 40_001), ("feed_score", 8.51), ("feed_votes", 7)])
def test_numbers_within_their_band_reach_nothing(site: WholeSite, bebop: UUID, column: str, value: float) -> None:
    edit(site.connection, bebop, **{column: value})

    assert site.connection.execute("SELECT count(*) FROM change_log").fetchone() == (0,)
    assert site.settle() == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE anime SET created_at = now(), updated_at = now()",
        "UPDATE studio SET identity = identity || '-'",
        "UPDATE anime_studio SET credited_as = 'otherwise'",
        "UPDATE offer SET first_seen = '2020-01-01'",
        "UPDATE anime SET title_romaji = title_romaji",
    ],
)
def test_hidden_columns_and_equal_values_log_nothing(site: WholeSite, bebop: UUID, statement: str) -> None:
    site.connection.execute(statement)

    assert site.connection.execute("SELECT count(*) FROM change_log").fetchone() == (0,)


def test_a_checked_offer_reaches_the_pages_that_say_so(site: WholeSite, bebop: UUID) -> None:
    update(site.connection, "offer", {"anime_id": bebop}, {"last_checked": date(2026, 11, 20)})

    site.build()

    assert site.published() == {"/where-to-watch/cowboy-bebop", "/anime/cowboy-bebop"}


def test_a_new_platform_reaches_where_to_watch_the_anime_and_the_index(site: WholeSite, bebop: UUID) -> None:
    make_offer(site.connection, bebop, make_platform(site.connection, "Sunrise Now"))

    site.build()

    assert site.published() == {"/where-to-watch/cowboy-bebop", "/anime/cowboy-bebop", "/where-to-watch"}


def test_a_studio_rename_reaches_its_page_its_anime_and_the_index(site: WholeSite, bebop: UUID) -> None:
    update(site.connection, "studio", {"slug": "sunrise"}, {"name": "Sunset"})

    site.build()

    named = {"/anime/cowboy-bebop", "/anime/sister", "/where-to-watch/cowboy-bebop"}
    assert site.published() == {"/studio/sunrise", "/studios", *named}


def test_a_rise_among_the_best_reaches_lists_of_the_best(site: WholeSite, bebop: UUID) -> None:
    edit(site.connection, bebop, popularity=10)

    site.build()

    kinds = {path.split("/")[1] for path in site.published()}
    assert kinds <= {"", "genre", "studio", "season", "browse", "where-to-watch", "anime"}
    assert "/" in site.published()
    assert "/anime/cowboy-bebop" not in site.published()


def test_the_second_of_two_builds_reaches_nothing(site: WholeSite, bebop: UUID) -> None:
    edit(site.connection, bebop, title_english="Space Cowboys")
    site.build()

    assert site.settle() == {}


def pages(site: WholeSite) -> dict[str, bytes]:
    return {f"/{key}".replace("/index", "/"): body for key, (_, body) in site.live().items()}


@pytest.fixture
def bebop(site: WholeSite) -> UUID:
    """A built site with one anime that is linked to everything, its sister, and noise."""
    connection = site.connection
    made = make_anime(
        connection, BEBOP, title_english="Cowboy Bebop", title_romaji="Kauboi", season_year=1998, popularity=40_000,
        feed_score=8.6,
    )  # fmt: skip
    sister = make_anime(connection, "sister", season_year=1998)
    make_studio(connection, "Sunrise", made, sister)
    make_genre(connection, "Space", made, sister)
    make_relation(connection, sister, made)
    make_offer(connection, made, make_platform(connection, "Crunchy"))
    make_noise(connection)
    site.build()
    return made
