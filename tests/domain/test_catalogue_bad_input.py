"""Bad input: a bad record is rejected with its reason and the rest goes in; a bad file changes nothing."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from domain.catalogue.intake import StrictReject, WrongFile
from jobs.catalogue import import_files
from ports.errors import PortError
from tests.domain.feeds import (
    Feeds,
    Record,
    adult,
    episodes,
    extra,
    offer,
    release,
    versions,
)

NO_TITLE = {key: value for key, value in release(9).items() if key != "title"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "object"),
        ("null", "object"),
        (NO_TITLE, "title"),
        ({**release(9), "title": 5}, "title"),
        ({**release(9), "title": "  "}, "title"),
        ({**release(9), "title": "x" * 1001}, "title"),
        ({**release(9), "title": "a\x00b"}, "NUL"),
        (json.dumps({**release(9), "title": "\ud800"}), "not JSON"),
        ({**release(9), "type": "FILM"}, "type"),
        ({**release(9), "episodes": -1}, "episodes"),
        ({**release(9), "episodes": 10**30}, "episodes"),
        ({**release(9), "episodes": 1.5}, "episodes"),
        (
            {**release(9), "animeSeason": {"season": "SPRING", "year": 1800}},
            "animeSeason.year",
        ),
        (
            {**release(9), "animeSeason": {"season": "SPRING", "year": 9999}},
            "animeSeason.year",
        ),
        ({**release(9), "animeSeason": {"season": "MONSOON"}}, "animeSeason.season"),
        ({**release(9), "duration": {"value": 0, "unit": "SECONDS"}}, "duration.value"),
        ({**release(9), "duration": {"value": 9, "unit": "MINUTES"}}, "duration.unit"),
        ({**release(9), "sources": []}, "sources"),
        ({**release(9), "sources": ["ftp://myanimelist.net/anime/9"]}, "sources"),
        ({**release(9), "sources": ["https://a.example/9"] * 2}, "sources"),
        ({**release(9), "picture": "javascript:alert(1)"}, "picture"),
        ({**release(9), "relatedAnime": ["myanimelist.net/anime/1"]}, "relatedAnime"),
        ({**release(9), "tags": "space"}, "tags"),
    ],
)
def test_a_bad_entry_of_a_release_is_rejected_and_the_rest_goes_in(feeds: Feeds, bad: Any, reason: str) -> None:
    report = feeds.bring([release(1), bad, release(2)])
    (reject,) = report.files[0].rejects
    assert (reject.line, report.files[0].read, report.files[0].outcomes) == (
        2,
        3,
        {"added": 2, "rejected": 1},
    )
    assert reason in reject.reason
    assert feeds.value("SELECT count(*) FROM anime") == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (extra(9, start_date="2023-02-30"), "start_date"),
        (extra(9, start_date="2023-13"), "start_date"),
        (extra(9, end_date="yesterday"), "end_date"),
        (extra(9, broadcast={"day": "Sundays", "time": "30:00"}), "broadcast.time"),
        (extra(9, source="javascript:alert(1)"), "source"),
        (extra(9, next_airing={"at": -5, "episode": 1}), "next_airing.at"),
        (extra(9, score={"mal_members": -1}), "score.mal_members"),
        (extra(9, members="many"), "members"),
        (extra(9, synopsis="x" * 50_001), "synopsis"),
        (extra(9, title_english="a\x00b"), "NUL"),
        (extra(1, title_english="Again, differently"), "line 1"),
    ],
)
def test_a_bad_record_of_extra_facts_is_rejected_with_its_field(feeds: Feeds, bad: Record, reason: str) -> None:
    feeds.bring([release(1), release(9)])
    (reject,) = feeds.bring([extra(1), bad]).files[0].rejects
    assert (reject.line, reason in reject.reason) == (2, True), reject.reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (episodes(9, {"n": 1}, {"n": 1}), "episodes[1].n"),
        (episodes(9, {"n": 1, "air": "2023-02-30"}), "episodes[0].air"),
        (episodes(9, {"n": 1, "air": "2023-01-01T10:00:00"}), "episodes[0].air"),
        (episodes(9, {"n": "XY1"}), "episodes[0].n"),
        (episodes(9, {"n": -1}), "episodes[0].n"),
        (episodes(9, {"n": 1, "len": "long"}), "episodes[0].len"),
        ({**episodes(9), "mal_id": None}, "mal_id"),
    ],
)
def test_a_bad_list_of_episodes_is_rejected_with_its_field(feeds: Feeds, bad: Record, reason: str) -> None:
    report = feeds.bring([release(1)], [episodes(1, {"n": 1}), bad])
    (reject,) = report.files[1].rejects
    assert reason.replace("[1]", "[...]").replace("[0]", "[...]") in reject.reason or reason in reject.reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"url": "ftp://a.example/"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://me:secret@a.example/"}, "user name"),
        ({"url": "https://a.example/" + "x" * 2000}, "url"),
        ({"url": "https://a.example/ b"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"regions": ["USA"]}, "regions"),
        ({"begin": "2023-02-30"}, "begin"),
        ({"kind": "stolen"}, "kind"),
        ({"site": " "}, "site"),
        ({"mal_id": None}, "mal_id"),
    ],
)
def test_a_bad_offer_is_rejected_with_its_field(feeds: Feeds, bad: Record, reason: str) -> None:
    report = feeds.bring([release(1)], [offer(1), offer(1, **bad)])
    (reject,) = report.files[1].rejects
    assert (reject.line, reason in reject.reason) == (2, True), reject.reason


def test_an_end_before_the_start_is_left_out_and_noted(feeds: Feeds) -> None:
    report = feeds.bring(
        [release(1)],
        [extra(1, start_date="2000-06-03", end_date="1999-11-17", studios=["MAPPA"])],
    )
    assert feeds.anime(1, "start_date::text, end_date") == ("2000-06-03", None)
    assert [note.line for note in report.files[1].notes] == [1]
    assert report.files[1].outcomes == {"added": 1}


def test_a_first_line_that_is_not_json_is_a_reject_like_any_other(feeds: Feeds) -> None:
    report = feeds.bring(["{broken", release(1)])
    assert report.files[0].outcomes == {"rejected": 1, "added": 1}


def test_strict_stops_at_the_first_bad_record_and_leaves_nothing(feeds: Feeds) -> None:
    with pytest.raises(StrictReject, match=r"1\.jsonl: line 2: .*title"):
        feeds.bring([release(1), NO_TITLE], strict=True)
    assert feeds.value("SELECT count(*) FROM anime") == 0


@pytest.mark.parametrize(
    "records",
    [
        ["hello", "world"],
        [{"name": "not ours"}],
        [release(1), extra(2)],
        [adult(1), offer(1)],
        [extra(1), episodes(2)],
        ["[]"],
    ],
)
def test_a_wrong_or_mixed_file_is_one_clear_error_and_changes_nothing(feeds: Feeds, records: list[Any]) -> None:
    before = versions(feeds.connection)
    with pytest.raises(WrongFile, match=r"2\.jsonl"):
        feeds.bring([release(7)], records)
    assert versions(feeds.connection) == before


def test_a_truncated_file_changes_nothing(feeds: Feeds) -> None:
    whole = gzip.compress("".join(json.dumps(release(number)) + "\n" for number in range(1, 500)).encode())
    path = feeds.directory / "cut.gz"
    path.write_bytes(whole[:-100])
    with pytest.raises(PortError, match="truncated"):
        import_files(feeds.connection, [feeds.file(release(1000)), path])
    assert feeds.value("SELECT count(*) FROM anime") == 0


def test_a_release_of_metadata_only_is_an_error(feeds: Feeds) -> None:
    with pytest.raises(PortError, match="holds no record"):
        feeds.bring(
            [
                {
                    "license": {},
                    "repository": "x",
                    "scoreRange": {},
                    "lastUpdate": "2026-01-01",
                }
            ]
        )


def test_every_form_of_a_release_says_the_same(feeds: Feeds) -> None:
    head = {
        "license": {},
        "repository": "x",
        "scoreRange": {},
        "lastUpdate": "2026-01-01",
    }
    entries = [
        release(1, score={"arithmeticMean": 8.0}),
        release(2, "ユニコード \\ \u2028"),
    ]
    feeds.bring([head, *entries])
    before = versions(feeds.connection)
    document = feeds.directory / "whole.json"
    for indent in (None, 2):
        document.write_text(json.dumps({**head, "data": entries}, indent=indent))
        report = import_files(feeds.connection, [document])
        assert report.files[0].outcomes == {"unchanged": 2}
    assert versions(feeds.connection) == before


def test_unknown_keys_are_ignored(feeds: Feeds) -> None:
    feeds.bring([release(1)])
    before = versions(feeds.connection)
    feeds.bring([{**release(1), "mood": ["blue"]}])
    assert versions(feeds.connection) == before


def test_hostile_texts_go_in_as_they_are(feeds: Feeds) -> None:
    title = "</script> \\N \\. {{x}} \" ' $ \u202e 🦊 ;-- \\\\"
    feeds.bring(
        [release(1, title, synonyms=["a,b", '"{}"', "NULL", "\\"])],
        [extra(1, synopsis="tab\tline\nback\\n")],
    )
    assert feeds.anime(1, "title_romaji, synopsis") == (title, "tab\tline\nback\\n")
    assert set(feeds.anime(1, "synonyms")) == {"a,b", '"{}"', "NULL", "\\"}
