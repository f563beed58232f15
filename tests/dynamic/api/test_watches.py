"""Viewings, rounds and history over HTTP: read page by page, put right, and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask.testing import FlaskClient

from tests.factories import edit, make_anime

OLD = "2019-03-04T20:00:00+01:00"


def test_viewings_are_read_page_by_page_the_last_recorded_first(fan: FlaskClient, anime: UUID) -> None:
    fan.put(f"{path(anime)}/progress", json={"progress": 5})
    fan.put(f"{path(anime)}/episodes/2", json={"watched_on": "2012-05"})
    fan.put(f"{path(anime)}/episodes/1?kind=special", json={"watched_at": OLD})
    first = fan.get(f"{path(anime)}/watches?limit=3")
    second = fan.get(f"{path(anime)}/watches?limit=4&after={first.json['next']}")
    assert [one["watch"] for one in (*first.json["watches"], *second.json["watches"])] == [7, 6, 5, 4, 3, 2, 1]
    assert second.json["next"] is None
    assert first.json["watches"][0] == {
        "watch": 7, "kind": "special", "episode": 1, "round": 0, "watched_at": "2019-03-04T19:00:00Z",
        "watched_on": "2019-03-04", "precision": "time", "source": "api",
    }  # fmt: skip
    dates = [(one["watched_at"], one["watched_on"], one["precision"]) for one in first.json["watches"][1:]]
    assert dates == [(None, "2012-05", "month"), (None, None, "unknown")]
    of_one = fan.get(f"{path(anime)}/watches?episode=2&kind=regular").json["watches"]
    assert [one["watch"] for one in of_one] == [6, 2]


def test_viewings_that_one_has_already_are_not_sent_again(fan: FlaskClient, anime: UUID) -> None:
    tag = fan.put(f"{path(anime)}/progress", json={"progress": 2}).headers["ETag"]
    assert fan.get(f"{path(anime)}/watches").headers["ETag"] == tag
    for part in ("watches", "rounds"):
        own = fan.get(f"{path(anime)}/{part}").headers["ETag"]
        assert fan.get(f"{path(anime)}/{part}", headers={"If-None-Match": own}).status_code == 304


def test_rounds_are_sent_again_when_the_catalogue_counts_other_episodes(
    fan: FlaskClient, anime: UUID, connection: psycopg.Connection
) -> None:
    fan.put(f"{path(anime)}/progress", json={"progress": 26})
    fan.post(f"{path(anime)}/rewatches", json={})
    before = fan.get(f"{path(anime)}/rounds").headers["ETag"]
    edit(connection, anime, episode_count=27)
    after = fan.get(f"{path(anime)}/rounds", headers={"If-None-Match": before})
    assert after.status_code == 200 and after.headers["ETag"] != before
    dated = fan.patch(f"{path(anime)}/rounds/0", json={"started": "2012"}, headers={"If-Match": after.headers["ETag"]})
    assert dated.status_code == 200


DATES: list[tuple[dict[str, Any], tuple[str | None, str | None, str]]] = [
    ({"watched_on": "2012-05-17"}, (None, "2012-05-17", "day")),
    ({"watched_on": "2012-05"}, (None, "2012-05", "month")),
    ({"watched_on": "2012"}, (None, "2012", "year")),
    ({"watched_at": None}, (None, None, "unknown")),
    ({"watched_at": OLD}, ("2019-03-04T19:00:00Z", "2019-03-04", "time")),
]


def test_when_a_viewing_was_is_put_right_as_exactly_as_is_known_and_taken_back(fan: FlaskClient, anime: UUID) -> None:
    fan.post(f"{path(anime)}/plus-one", json={})
    before = "time"
    for said, told in DATES:
        changed = fan.patch(f"{path(anime)}/watches/1", json=said)
        assert (date_of(fan, anime), changed.json["entry"]["started"]) == (told, told[1])
        undone = fan.post("/api/v1/me/changes/undo", json={"changes": [changed.json["change"]]}).json["changed"]
        assert undone[0]["explained"] == "Undone: Changed when episode 1 was watched."
        assert date_of(fan, anime)[2] == before
        fan.patch(f"{path(anime)}/watches/1", json=said)
        before = told[2]


def test_one_viewing_is_removed_and_the_others_stay(fan: FlaskClient, anime: UUID) -> None:
    for _ in range(2):
        fan.post(f"{path(anime)}/plus-one", json={})
    keyed = {"Idempotency-Key": "gone"}
    first, second = (fan.delete(f"{path(anime)}/watches/1", json={}, headers=keyed) for _ in range(2))
    assert first.data == second.data
    assert (first.json["entry"]["progress"], first.json["explained"]) == (1, "A viewing of episode 1 removed.")
    assert [one["watch"] for one in fan.get(f"{path(anime)}/watches").json["watches"]] == [2]
    assert fan.delete(f"{path(anime)}/watches/1", json={}).status_code == 404


REFUSED: list[tuple[str, dict[str, Any], int, str | None]] = [
    ("watches/1", {}, 422, "watched_at"),
    ("watches/1", {"watched_at": "2012-05-17T20:00:00"}, 422, "watched_at"),
    ("watches/1", {"watched_at": "2999-05-17T20:00:00Z"}, 422, "watched_at"),
    ("watches/1", {"watched_on": "2999"}, 422, "watched_on"),
    ("watches/1", {"watched_on": None}, 422, "watched_on"),
    ("watches/1", {"when": "2012"}, 422, "when"),
    ("watches/2", {"watched_at": None}, 404, None),
    ("rounds/0", {"started": "2012", "finished": "2011"}, 422, "finished"),
    ("rounds/0", {"score": 5}, 422, "score"),
    ("rounds/1", {"started": "2012"}, 404, None),
]


def test_what_cannot_be_is_told_with_its_field_and_changes_nothing(fan: FlaskClient, anime: UUID) -> None:
    before = fan.post(f"{path(anime)}/plus-one", json={}).json["entry"]
    for part, body, status, field in REFUSED:
        answer = fan.patch(f"{path(anime)}/{part}", json=body)
        assert (answer.status_code, answer.json.get("field")) == (status, field), (part, body)
        assert fan.get(path(anime)).json == before


def test_each_round_has_dates_of_its_own_that_a_fan_may_put_right(fan: FlaskClient, anime: UUID) -> None:
    fan.put(path(anime), json={"status": "completed", "started": "1998-04"})
    fan.post(f"{path(anime)}/rewatches", json={})
    fan.put(f"{path(anime)}/episodes/1", json={"watched_on": "2012-05-17"})
    changed = fan.patch(f"{path(anime)}/rounds/1", json={"finished": "2012"})
    assert changed.json["explained"] == "Changed the dates of rewatch 1."
    fan.patch(f"{path(anime)}/rounds/0", json={"finished": "1999-04-24"})
    read = fan.get(f"{path(anime)}/rounds").json
    assert read == {"rounds": [
        {"round": 1, "episodes": 1, "started": "2012-05-17", "finished": "2012", "completed": False, "current": True},
        {"round": 0, "episodes": 26, "started": "1998-04", "finished": "1999-04-24", "completed": True,
         "current": False},
    ], "next": None}  # fmt: skip
    one = fan.get(f"{path(anime)}/rounds?limit=1").json
    assert (one["rounds"], one["next"]) == (read["rounds"][:1], "1")
    assert fan.get(f"{path(anime)}/rounds?limit=1&after=1").json == {"rounds": read["rounds"][1:], "next": None}


def test_history_is_read_page_by_page_and_changes_of_several_are_taken_back_together(
    fan: FlaskClient, anime: UUID, connection: psycopg.Connection
) -> None:
    other = make_anime(connection)
    for one in (anime, other):
        fan.put(path(one), json={})
    bulk = fan.post("/api/v1/me/library/bulk", json={"anime": [anime, other], "changes": {"score": 50}})
    first = fan.get(f"{path(anime)}/history?limit=1").json
    second = fan.get(f"{path(anime)}/history?limit=1&after={first['next']}").json
    assert [one["explained"] for one in (*first["changes"], *second["changes"])] == [
        "Changed score.",
        "Added as planning.",
    ]
    assert second["next"] is None
    numbers = [one["change"] for one in bulk.json["changed"]]
    assert fan.post("/api/v1/me/changes/undo", json={"changes": [*numbers, 10**9]}).status_code == 404
    undone = fan.post("/api/v1/me/changes/undo", json={"changes": numbers}).json["changed"]
    assert [one["entry"]["score"] for one in undone] == [None, None]
    assert fan.post("/api/v1/me/changes/undo", json={"changes": []}).status_code == 422


def test_the_second_of_two_devices_is_told_before_it_dates_anything(fan: FlaskClient, anime: UUID) -> None:
    seen = fan.post(f"{path(anime)}/plus-one", json={}).headers["ETag"]
    fan.post(f"{path(anime)}/plus-one", json={})
    late = {"If-Match": seen}
    for answer in (
        fan.patch(f"{path(anime)}/watches/1", json={"watched_at": None}, headers=late),
        fan.delete(f"{path(anime)}/watches/1", json={}, headers=late),
        fan.patch(f"{path(anime)}/rounds/0", json={"started": "2012"}, headers=late),
    ):
        assert (answer.status_code, answer.json["entry"]["progress"]) == (412, 2)


def test_what_is_not_on_the_list_has_neither_viewings_nor_rounds(fan: FlaskClient, anime: UUID) -> None:
    for part in ("watches", "rounds"):
        for asked in (anime, uuid4()):
            answer = fan.get(f"{path(asked)}/{part}")
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_reading_and_putting_right_are_three_statements_at_most(
    fan: FlaskClient, anime: UUID, statements: list[str]
) -> None:
    fan.post(f"{path(anime)}/plus-one", json={})
    for act in (
        lambda: fan.get(f"{path(anime)}/watches"),
        lambda: fan.get(f"{path(anime)}/rounds"),
        lambda: fan.patch(f"{path(anime)}/watches/1", json={"watched_on": "2012"}),
        lambda: fan.patch(f"{path(anime)}/rounds/0", json={"finished": "2013"}),
        lambda: fan.delete(f"{path(anime)}/watches/1", json={}),
    ):
        statements.clear()
        answer = act()
        assert answer.status_code == 200, answer.json
        assert 0 < len(statements) <= 3, statements


def date_of(fan: FlaskClient, anime: UUID) -> tuple[Any, ...]:
    """Of the only viewing."""
    (watch,) = fan.get(f"{path(anime)}/watches").json["watches"]
    return watch["watched_at"], watch["watched_on"], watch["precision"]


def path(anime: UUID) -> str:
    return f"/api/v1/me/library/{anime}"
