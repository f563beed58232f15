"""Which anime an entry is: by external ids that mean one thing, never by guessing."""

from __future__ import annotations

import pytest

from domain.catalogue.providers import id_in
from tests.domain.feeds import Feeds, episodes, extra, offer, release, versions

KITSU, ANIDB = "https://kitsu.app/anime/{}", "https://anidb.net/anime/{}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://myanimelist.net/anime/1", "mal:1"),
        ("https://myanimelist.net/anime/1/Cowboy_Bebop", "mal:1"),
        ("http://www.anilist.co/anime/1/", "anilist:1"),
        ("https://kitsu.io/anime/1", "kitsu:1"),
        ("https://kitsu.app/anime/1", "kitsu:1"),
        ("https://anidb.net/a23", "anidb:23"),
        ("https://anime-planet.com/anime/cowboy-bebop", "anime_planet:cowboy-bebop"),
        ("https://animenewsnetwork.com/encyclopedia/anime.php?id=13", "ann:13"),
        ("https://www.animenewsnetwork.com/encyclopedia/anime.php?id=13", "ann:13"),
        ("https://anisearch.com/anime/1572,cowboy-bebop", "anisearch:1572"),
        ("https://notify.moe/anime/Ff1b5mKmR", "notify.moe:anime/Ff1b5mKmR"),
        ("ftp://myanimelist.net/anime/1", None),
        ("myanimelist.net/anime/1", None),
        ("https://", None),
        ("http://[", None),
    ],
)
def test_an_id_is_read_from_a_page_address(url: str, expected: str | None) -> None:
    assert id_in(url) == expected


def test_an_entry_is_ours_if_one_id_matches_whatever_its_title(feeds: Feeds) -> None:
    feeds.bring([release(1, "Old", [KITSU.format(7)])])
    anime_id = feeds.anime(1, "id")
    feeds.bring([release(2, "New", [KITSU.format(7)])])
    assert feeds.anime(2, "id, title_romaji, slug") == (anime_id, "New", "old")
    assert feeds.value("SELECT count(*) FROM anime") == 1


def test_an_id_on_two_entries_of_one_file_is_dropped_and_reported(feeds: Feeds) -> None:
    report = feeds.bring([release(1, "A", [ANIDB.format(9)]), release(2, "B", [ANIDB.format(9)])])
    assert report.files[0].shared == {"anidb:9": 2}
    assert feeds.anime(1, "external_ids") == {"mal": ["1"]}
    assert feeds.anime(2, "external_ids") == {"mal": ["2"]}


def test_two_entries_stay_two_when_a_newer_release_newly_shares_an_id(
    feeds: Feeds,
) -> None:
    feeds.bring([release(1, "A", [ANIDB.format(9)])])
    newer = [release(2, "B", [ANIDB.format(9)]), release(1, "A", [ANIDB.format(9)])]
    feeds.bring(newer)
    assert feeds.value("SELECT count(*) FROM anime") == 2
    assert feeds.anime(1, "external_ids") == {"mal": ["1"]}
    before = versions(feeds.connection)
    feeds.bring(newer)
    assert versions(feeds.connection) == before


def test_two_entries_never_become_one_when_each_brings_half_of_our_ids(
    feeds: Feeds,
) -> None:
    feeds.bring([release(1, "A", [ANIDB.format(9)])])
    anime_id = feeds.anime(1, "id")
    split = [release(5, "X", [ANIDB.format(9)]), release(1, "A")]
    feeds.bring(split)
    assert feeds.anime(1, "id") == anime_id
    assert feeds.anime(5, "external_ids, title_romaji") == (
        {"mal": ["5"], "anidb": ["9"]},
        "X",
    )
    before = versions(feeds.connection)
    feeds.bring(split)
    assert versions(feeds.connection) == before


def test_an_entry_that_is_two_of_ours_is_reported_and_nothing_is_written(
    feeds: Feeds,
) -> None:
    feeds.bring([release(1, "A"), release(2, "B", [KITSU.format(7)])])
    before = versions(feeds.connection)
    report = feeds.bring([release(1, "Both", [KITSU.format(7)])])
    assert versions(feeds.connection) == before
    (found,) = report.files[0].candidates
    assert (found.line, found.title, set(found.anime)) == (1, "Both", {"a", "b"})
    assert report.files[0].outcomes == {"candidate": 1}


def test_an_entry_that_says_exactly_what_another_says_is_folded(feeds: Feeds) -> None:
    report = feeds.bring([release(1), release(1)])
    assert report.files[0].outcomes == {"added": 1, "folded": 1}
    assert feeds.value("SELECT count(*) FROM anime") == 1


def test_entries_all_of_whose_ids_are_shared_are_still_two_and_known_again(
    feeds: Feeds,
) -> None:
    entries = [release(1, "A"), release(1, "B")]
    feeds.bring(entries)
    assert feeds.value("SELECT count(*) FROM anime") == 2
    before = versions(feeds.connection)
    report = feeds.bring(entries)
    assert versions(feeds.connection) == before
    assert report.files[0].outcomes == {"unchanged": 2}


def test_ids_of_seasons_that_share_a_page_identify_nothing(feeds: Feeds) -> None:
    feeds.bring([release(1), release(2)], [extra(1, ids={"tmdb": 5}), extra(2, ids={"tmdb": 5})])
    assert feeds.anime(2, "external_ids") == {"mal": ["2"], "tmdb": ["5"]}
    assert feeds.bring([release(2, "Again")]).files[0].outcomes == {"changed": 1}


def test_what_is_known_by_another_id_only_finds_its_anime(feeds: Feeds) -> None:
    feeds.bring([release(1, sources=["https://anilist.co/anime/11"])])
    feeds.bring([offer(None, anilist_id=11)])
    assert feeds.value("SELECT count(*) FROM offer") == 1


def test_a_record_of_another_mal_id_is_not_ours_because_an_anilist_id_is(
    feeds: Feeds,
) -> None:
    feeds.bring(
        [release(1, sources=["https://anilist.co/anime/11"])],
        [extra(2, anilist_id=11, title_english="No")],
    )
    assert feeds.anime(1, "title_english") is None


def test_records_follow_an_id_that_moves_to_another_anime(feeds: Feeds) -> None:
    feeds.bring(
        [release(1, "A", [KITSU.format(1)]), release(2, "B", [KITSU.format(2)])],
        [extra(1, title_english="Of one")],
        [episodes(1, {"n": 1})],
    )
    a, b = feeds.anime(1, "id"), feeds.anime(2, "id")
    feeds.bring([release(3, "A", [KITSU.format(1)]), release(2, "B", [KITSU.format(2)])])
    assert feeds.anime(3, "id, title_english") == (a, "Of one")
    feeds.bring([release(3, "A", [KITSU.format(1)]), release(1, "B", [KITSU.format(2)])])
    assert feeds.anime(1, "id, title_english") == (b, "Of one")
    assert feeds.anime(3, "title_english") is None
    assert feeds.rows("SELECT anime_id FROM episode") == [(b,)]


def test_an_id_that_moves_between_two_of_ours_moves_in_one_import(feeds: Feeds) -> None:
    anilist = "https://anilist.co/anime/"
    feeds.bring([release(1, "Alpha", [f"{anilist}11"]), release(2, "Beta", [f"{anilist}12"])])
    moved = [release(1, "Alpha"), release(2, "Beta", [f"{anilist}12", f"{anilist}11"])]

    report = feeds.bring(moved)

    assert report.files[0].outcomes == {"changed": 2}
    assert feeds.anime(2, "external_ids") == {"anilist": ["11", "12"], "mal": ["2"]}
    assert feeds.bring(moved).rows == {}


def test_a_new_entry_that_takes_an_id_from_each_of_two_is_neither(feeds: Feeds) -> None:
    anilist = "https://anilist.co/anime/"
    feeds.bring([release(1, "Alpha", [f"{anilist}11"]), release(2, "Beta", [f"{anilist}12"])])

    report = feeds.bring(
        [release(1, "Alpha"), release(2, "Beta"), release(3, "Gamma", [f"{anilist}11", f"{anilist}12"])]
    )

    assert report.files[0].outcomes == {"changed": 2, "added": 1}
    assert feeds.anime(3, "title_romaji") == "Gamma"
