"""A whole import: records of every feed into PostgreSQL, again, in another order, and in a newer version."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from domain.catalogue.bringing import LOCK
from domain.catalogue.sheet import PRECEDENCE
from domain.errors import Conflict
from jobs.catalogue import import_files
from ports.database import connect
from tests.domain.feeds import (
    Feeds,
    adult,
    contents,
    episodes,
    extra,
    offer,
    release,
    versions,
)

BEBOP = release(
    1,
    "Cowboy Bebop",
    ["https://anilist.co/anime/1", "https://kitsu.app/anime/1"],
    episodes=26,
    duration={"value": 1500, "unit": "SECONDS"},
    score={"arithmeticMean": 8.5},
    synonyms=["COWBOY BEBOP", "Cowboy Bebop"],
    studios=["sunrise"],
    relatedAnime=["https://myanimelist.net/anime/5", "https://anilist.co/anime/5"],
    tags=["space"],
)
FILM = release(5, "Cowboy Bebop: Tengoku no Tobira", ["https://anilist.co/anime/5"], type="MOVIE")
FACTS = extra(
    1,
    ids={"tmdb": 30991, "trakt_type": "shows"},
    title_romaji="Cowboy Bebop",
    title_english="Cowboy Bebop",
    title_japanese="カウボーイビバップ",
    titles_zh={"zh-Hans": ["星际牛仔"]},
    start_date="1998-04-03",
    end_date="1999-04",
    broadcast={"day": "Saturdays", "time": "01:00", "timezone": "Asia/Tokyo"},
    genres=["Action", "Sci-Fi"],
    themes=["Space"],
    demographics=["Seinen"],
    studios=["Sunrise"],
    source_material="Original",
    score={"mal_members": 1000, "mal_scored_by": 50},
    relations=[{"mal_id": 5, "type": "SIDE_STORY"}, {"mal_id": 99, "type": "SEQUEL"}],
    synopsis="Space.\n\n[Written by MAL Rewrite]",
    synopsis_from="mal",
)
LIST = episodes(
    1,
    {"n": 1, "air": "1998-04-03", "len": 25, "en": "Asteroid Blues"},
    {"n": 2, "air": "1998-04-10T15:30:00+00:00", "len": 0, "en": "Episode 2"},
    {"n": "OP1a", "en": "Ein`s Tank!"},
)
OFFERS = [
    offer(1, regions=["US", "GB"]),
    offer(1, "funimation", defunct="shut down 2024-04"),
]
EVERYTHING: list[list[Any]] = [[BEBOP, FILM], [FACTS], [LIST], OFFERS, [adult(5)]]


def test_an_anime_is_what_its_feeds_say(feeds: Feeds) -> None:
    feeds.bring(*EVERYTHING)
    shown = (
        "slug, title_japanese, synonyms, episode_count, episode_seconds, season, season_year, feed_score, feed_votes"
    )
    assert feeds.anime(1, shown) == (
        "cowboy-bebop",
        "カウボーイビバップ",
        ["COWBOY BEBOP", "星际牛仔"],
        26,
        1500,
        "spring",
        2020,
        8.5,
        50,
    )
    dates = "start_date::text, start_precision, end_date::text, end_precision, broadcast_weekday, broadcast_time::text"
    assert feeds.anime(1, dates) == (
        "1998-04-03",
        "day",
        "1999-04-01",
        "month",
        6,
        "01:00:00",
    )
    assert feeds.anime(1, "synopsis, synopsis_source, source_material") == (
        "Space.",
        "MyAnimeList (MAL Rewrite)",
        "original",
    )
    assert feeds.anime(1, "external_ids") == {
        "mal": ["1"],
        "anilist": ["1"],
        "kitsu": ["1"],
        "tmdb": ["30991"],
    }


def test_episodes_have_their_kind_and_their_exact_or_inexact_time(feeds: Feeds) -> None:
    feeds.bring(*EVERYTHING)
    assert feeds.rows(
        "SELECT kind, number, part, title_english, airs_at::text, airs_precision, minutes FROM episode ORDER BY 1, 2"
    ) == [
        ("opening", 1, "a", "Ein's Tank!", None, None, None),
        ("regular", 1, "", "Asteroid Blues", "1998-04-03 00:00:00+00", "day", 25),
        ("regular", 2, "", None, "1998-04-10 15:30:00+00", "minute", None),
    ]


def test_an_announced_episode_has_its_exact_time_and_keeps_it_when_the_next_is_announced(
    feeds: Feeds,
) -> None:
    announce = {"at": 1_787_436_000, "episode": 2, "as_of": "2026-08-22"}
    feeds.bring(
        [BEBOP],
        [extra(1, next_airing=announce)],
        [episodes(1, {"n": 2, "air": "2026-08-22", "en": "Two"})],
    )
    question = "SELECT number, title_english, airs_at::text, airs_precision FROM episode ORDER BY number"
    second = (2, "Two", "2026-08-22 22:00:00+00", "minute")
    assert feeds.rows(question) == [second]
    feeds.bring([extra(1, next_airing={"at": 1_788_040_800, "episode": 3})])
    assert feeds.rows(question) == [
        second,
        (3, None, "2026-08-29 22:00:00+00", "minute"),
    ]


def test_a_closed_service_is_stored_as_ended(feeds: Feeds) -> None:
    feeds.bring(*EVERYTHING)
    offers = (
        "SELECT p.name, region, kind, ended_on::text FROM offer JOIN platform p ON p.id = platform_id ORDER BY 1, 2"
    )
    assert feeds.rows(offers) == [
        ("Crunchyroll", "GB", "subscription", None),
        ("Crunchyroll", "US", "subscription", None),
        ("Funimation", "", "subscription", "2024-04-30"),
    ]
    assert feeds.value("SELECT closed_on::text FROM platform WHERE name = 'Funimation'") == "2024-04-30"


def test_an_unknown_service_that_a_feed_calls_closed_is_never_offered(
    feeds: Feeds,
) -> None:
    feeds.bring(
        [BEBOP],
        [
            offer(1, "Old TV", defunct="closed 2020-02"),
            offer(1, "Gone TV", defunct=True),
        ],
    )
    ended = (
        "SELECT p.slug, o.ended_on::text, p.closed_on IS NOT NULL FROM offer o JOIN platform p ON p.id = platform_id"
    )
    assert feeds.rows(f"{ended} ORDER BY 1") == [
        ("gone-tv", "2026-01-01", True),
        ("old-tv", "2020-02-29", True),
    ]


def test_a_service_that_a_later_file_calls_closed_is_closed_for_all(feeds: Feeds) -> None:
    feeds.bring([BEBOP, release(2)], [offer(1, "Foo TV")])
    feeds.bring([offer(2, "Foo TV", defunct="closed 2024-01")])
    assert feeds.value("SELECT closed_on::text FROM platform WHERE name = 'Foo TV'") == "2024-01-31"


def test_of_several_rows_for_one_offer_the_newest_look_stands_and_the_others_are_folded(
    feeds: Feeds,
) -> None:
    rows = [
        offer(1, url="https://a.example/old", as_of="2021-07"),
        offer(1, url="https://b.example/new", as_of="spring_2022"),
        offer(1, url="https://a.example/new", as_of="spring_2022"),
    ]
    report = feeds.bring([BEBOP], rows)
    assert feeds.rows("SELECT url, last_checked::text, checked_precision FROM offer") == [
        ("https://a.example/new", "2022-04-01", "month")
    ]
    assert report.files[1].outcomes == {"added": 1, "folded": 2}


def test_an_offer_that_a_newer_file_lacks_stays_as_it_was(feeds: Feeds) -> None:
    feeds.bring([BEBOP], [offer(1), offer(1, "Netflix")])
    feeds.bring([offer(1, as_of="2027")])
    assert feeds.rows(
        "SELECT p.name, last_checked::text FROM offer JOIN platform p ON p.id = platform_id ORDER BY 1"
    ) == [
        ("Crunchyroll", "2027-01-01"),
        ("Netflix", "2026-01-01"),
    ]


def test_importing_the_same_files_again_changes_no_row(feeds: Feeds) -> None:
    feeds.bring(*EVERYTHING)
    feeds.connection.execute("DELETE FROM change_log")
    before = versions(feeds.connection)
    report = feeds.bring(*EVERYTHING)
    assert versions(feeds.connection) == before
    assert feeds.value("SELECT count(*) FROM change_log") == 0
    assert {outcome for file in report.files for outcome, count in file.outcomes.items() if count} == {"unchanged"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_the_order_of_commands_never_matters(feeds: Feeds, order: tuple[int, ...]) -> None:
    feeds.bring(*EVERYTHING)
    expected = contents(feeds.connection)
    feeds.connection.execute("TRUNCATE anime, studio, genre, platform, feed_record, slug_history CASCADE")
    for number in order:
        feeds.bring(EVERYTHING[number])
    assert contents(feeds.connection) == expected


def test_the_order_of_files_and_of_lines_never_matters(feeds: Feeds) -> None:
    feeds.bring(*EVERYTHING)
    expected = contents(feeds.connection)
    feeds.connection.execute("TRUNCATE anime, studio, genre, platform, feed_record, slug_history CASCADE")
    feeds.bring(*[list(reversed(group)) for group in reversed(EVERYTHING)])
    assert contents(feeds.connection) == expected


def test_a_newer_release_changes_exactly_the_rows_whose_facts_differ(
    feeds: Feeds,
) -> None:
    feeds.bring(*EVERYTHING)
    before = versions(feeds.connection)
    newer = {
        **BEBOP,
        "episodes": 27,
        "picture": "https://cdn.example/new.jpg",
        "tags": ["opera"],
    }
    report = feeds.bring([newer, {**FILM, "picture": "https://cdn.example/new.jpg"}])
    after = versions(feeds.connection)
    changed = {table: len(set(after[table]) - set(before[table])) for table in after}
    assert {table: count for table, count in changed.items() if count} == {
        "anime": 1,
        "feed_record": 1,
    }
    assert report.files[0].outcomes == {"changed": 1, "unchanged": 1}
    assert feeds.anime(1, "episode_count") == 27


def test_an_editors_change_of_another_column_survives_a_newer_release(
    feeds: Feeds,
) -> None:
    feeds.bring(*EVERYTHING)
    feeds.connection.execute("UPDATE anime SET synopsis = 'Ours.', synopsis_source = 'us' WHERE slug = 'cowboy-bebop'")
    feeds.bring([{**BEBOP, "episodes": 27}, FILM], [{**FACTS, "title_english": "Bebop"}])
    assert feeds.anime(1, "synopsis, episode_count, title_english, slug") == (
        "Ours.",
        27,
        "Bebop",
        "cowboy-bebop",
    )


def test_links_that_the_feed_no_longer_names_go_and_those_of_an_editor_stay(
    feeds: Feeds,
) -> None:
    feeds.bring(*EVERYTHING)
    feeds.connection.execute("INSERT INTO genre (slug, name, kind) VALUES ('noir', 'Noir', 'theme')")
    feeds.connection.execute(
        "INSERT INTO anime_genre SELECT a.id, g.id FROM anime a, genre g"
        " WHERE a.slug = 'cowboy-bebop' AND g.slug = 'noir'"
    )
    feeds.bring([{**FACTS, "genres": ["Action", "Drama"]}])
    names = "SELECT g.name FROM anime_genre JOIN genre g ON g.id = genre_id ORDER BY 1"
    assert [name for (name,) in feeds.rows(names)] == [
        "Action",
        "Drama",
        "Noir",
        "Seinen",
        "Space",
    ]


def test_an_anime_missing_from_a_newer_release_stays(feeds: Feeds) -> None:
    feeds.bring([BEBOP, FILM])
    report = feeds.bring([BEBOP])
    assert feeds.value("SELECT count(*) FROM anime") == 2
    assert report.rows == {}


def test_relations_are_typed_where_a_type_is_known_and_wait_for_their_anime(
    feeds: Feeds,
) -> None:
    feeds.bring(*EVERYTHING)
    question = """SELECT a.title_romaji, r.kind, b.title_romaji FROM relation r
                  JOIN anime a ON a.id = anime_id JOIN anime b ON b.id = related_id ORDER BY 1, 2"""
    assert feeds.rows(question) == [("Cowboy Bebop", "side_story", "Cowboy Bebop: Tengoku no Tobira")]
    feeds.bring([release(99, "Sequel", relatedAnime=["https://myanimelist.net/anime/5"])])
    assert feeds.rows(question) == [
        ("Cowboy Bebop", "sequel", "Sequel"),
        ("Cowboy Bebop", "side_story", "Cowboy Bebop: Tengoku no Tobira"),
        ("Sequel", "other", "Cowboy Bebop: Tengoku no Tobira"),
    ]


def test_a_type_that_arrives_later_replaces_the_untyped_relation_of_the_other_side(
    feeds: Feeds,
) -> None:
    feeds.bring([BEBOP, FILM])
    assert feeds.rows("SELECT kind FROM relation") == [("other",)]
    feeds.bring([extra(5, relations=[{"mal_id": 1, "type": "PARENT_STORY"}])])
    assert feeds.rows("SELECT kind FROM relation") == [("parent",)]


def test_a_summary_is_grouped_under_what_it_summarises(feeds: Feeds) -> None:
    summary = [{"mal_id": 5, "type": "SUMMARY"}]
    feeds.bring([BEBOP, FILM], [extra(1, relations=summary)])
    assert feeds.anime(5, "primary_id") == feeds.anime(1, "id")
    assert feeds.anime(5, "edition") == {"kind": "recap", "label": None}
    feeds.bring([extra(1)])
    assert feeds.anime(5, "primary_id, edition") == (None, None)


def test_an_edition_that_is_named_waits_for_its_primary(feeds: Feeds) -> None:
    cut = {"of_mal_id": 1, "kind": "directors_cut", "label": "Director's Cut"}
    feeds.bring([FILM], [extra(5, edition=cut)])
    assert feeds.anime(5, "primary_id, edition") == (
        None,
        {"kind": "directors_cut", "label": "Director's Cut"},
    )
    feeds.bring([BEBOP])
    assert feeds.anime(5, "primary_id") == feeds.anime(1, "id")


def test_adult_titles_are_known_by_list_tag_genre_or_rating(feeds: Feeds) -> None:
    feeds.bring(
        [release(1), release(2, tags=["Hentai"]), release(3), release(4), release(5)],
        [adult(1)],
        [extra(3, genres=["Erotica", "Drama"]), extra(4, age_rating="Rx - Hentai")],
    )
    adults = "SELECT external_ids->'mal'->>0 FROM anime WHERE adult ORDER BY 1"
    assert feeds.rows(adults) == [("1",), ("2",), ("3",), ("4",)]
    assert feeds.rows("SELECT name FROM genre") == [("Drama",)]


def test_an_adult_id_waits_for_its_anime(feeds: Feeds) -> None:
    assert feeds.bring([adult(1)]).files[0].outcomes == {"waiting": 1}
    report = feeds.bring([release(1)])
    assert (report.attached, feeds.anime(1, "adult")) == (1, True)


def test_studios_that_differ_in_case_blanks_and_points_are_one_under_its_best_known_spelling(
    feeds: Feeds,
) -> None:
    entries = [release(number) for number in range(1, 6)]
    names = ["j.c.staff", "J.C.Staff", "J.C.Staff", "J.C. STAFF", "jc staff"]
    feeds.bring(entries, [extra(number, studios=[name]) for number, name in enumerate(names, 1)])
    assert feeds.rows("SELECT name, slug FROM studio") == [("J.C.Staff", "j-c-staff")]
    assert feeds.value("SELECT count(*) FROM anime_studio") == 5


def test_a_studio_keeps_its_slug_when_a_better_spelling_comes(feeds: Feeds) -> None:
    feeds.bring([release(1, studios=["mappa"])])
    assert feeds.rows("SELECT name, slug FROM studio") == [("Mappa", "mappa")]
    feeds.bring([extra(1, studios=["MAPPA"])])
    assert feeds.rows("SELECT name, slug FROM studio") == [("MAPPA", "mappa")]


def test_namesakes_get_readable_slugs_and_the_best_known_the_plain_one(
    feeds: Feeds,
) -> None:
    same = [release(number, "Black Cat", animeSeason={"season": "FALL", "year": 2005}) for number in (1, 2, 3)]
    same.append(release(4, "★", animeSeason={"season": "UNDEFINED"}))
    feeds.bring([*same, release(5, "Black Cat")], [extra(2, score={"mal_members": 9})])
    assert feeds.anime(2, "slug") == "black-cat"
    slugs = {slug for (slug,) in feeds.rows("SELECT slug FROM anime")}
    assert {slug for slug in slugs if slug.startswith("black-cat")} == {
        "black-cat",
        "black-cat-2005",
        "black-cat-2005-tv",
        "black-cat-2020",
    }
    assert feeds.anime(4, "slug") == "anime-" + str(feeds.anime(4, "id"))[:8]


def test_a_slug_that_another_anime_had_is_never_given_again(feeds: Feeds) -> None:
    feeds.bring([BEBOP])
    feeds.connection.execute("UPDATE anime SET slug = 'bebop'")
    feeds.bring([release(2, "Cowboy Bebop")])
    assert feeds.anime(2, "slug") == "cowboy-bebop-2020"
    assert feeds.anime(1, "slug") == "bebop"


def test_a_first_load_leaves_every_foreign_key_in_place(feeds: Feeds) -> None:
    keys = "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    before = feeds.rows(keys)
    feeds.bring(*EVERYTHING)
    assert feeds.rows(keys) == before
    assert before


def test_two_imports_at_once_are_refused(feeds: Feeds, database_url: str) -> None:
    with connect(database_url) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        with pytest.raises(Conflict, match="another catalogue import is running"):
            feeds.bring([BEBOP])


def test_the_same_files_give_the_same_ids_on_every_machine(feeds: Feeds) -> None:
    feeds.bring([BEBOP, FILM])
    first = feeds.rows("SELECT id FROM anime ORDER BY 1")
    feeds.connection.execute("TRUNCATE anime, feed_record, slug_history CASCADE")
    feeds.bring([{**FILM, "episodes": 2}, BEBOP])
    assert feeds.rows("SELECT id FROM anime ORDER BY 1") == first


def test_every_field_with_a_precedence_names_only_feeds_that_have_a_word_for_it() -> None:
    from domain.catalogue.sheet import WORDS

    assert {(feed, field) for field, feeds in PRECEDENCE.items() for feed in feeds} == {
        (feed, field) for feed, words in WORDS.items() for field in words
    }


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_releases_of_one_command_the_newer_holds_in_either_form(feeds: Feeds, newest_first: bool) -> None:
    head = {"license": {}, "repository": "x", "scoreRange": {}}
    document, lines = feeds.directory / "a.json", feeds.directory / "b.jsonl"
    document.write_text(json.dumps({**head, "lastUpdate": "2026-02-01", "data": [release(1, episodes=12)]}))
    older = [{**head, "lastUpdate": "2026-01-01"}, release(1, episodes=10)]
    lines.write_text("\n".join(["", *map(json.dumps, older)]))

    report = import_files(feeds.connection, [document, lines] if newest_first else [lines, document])

    assert feeds.anime(1, "episode_count") == 12
    assert [file.outcomes["rejected"] for file in report.files] == [0, 0]
