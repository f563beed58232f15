"""One entry over HTTP: tracked, read, changed, watched, undone; said twice, and said by two devices."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.dynamic.people import browser, join
from tests.factories import make_anime


def test_an_anime_is_tracked_watched_and_read_again(fan: FlaskClient, anime: UUID) -> None:
    tracked = fan.put(path(anime), json={"score": 80})
    watched = fan.post(f"{path(anime)}/plus-one", json={})
    read = fan.get(path(anime))

    assert tracked.json["explained"] == "Added as planning."
    assert watched.json["entry"] == read.json
    told = {name: read.json[name] for name in ("anime", "status", "progress", "total", "score")}
    assert told == {"anime": str(anime), "status": "watching", "progress": 1, "total": 26, "score": 80}
    assert read.headers["ETag"] == watched.headers["ETag"] == f'"{read.json["version"]}"'


def test_what_is_not_on_the_list_is_not_found(fan: FlaskClient, anime: UUID) -> None:
    for answer in (fan.get(path(anime)), fan.patch(path(anime), json={"score": 1}), fan.put(path(uuid4()), json={})):
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_each_field_may_be_said_and_what_is_left_out_stays(fan: FlaskClient, anime: UUID) -> None:
    fan.put(path(anime), json={"notes": "See you, space cowboy.", "tags": ["space", "jazz"], "started": "1998-04"})
    changed = fan.patch(path(anime), json={"favourite": True, "private": True, "priority": 5, "finished": "1999"})
    entry = changed.json["entry"]
    assert (entry["notes"], entry["tags"]) == ("See you, space cowboy.", ["space", "jazz"])
    assert (entry["started"], entry["finished"]) == ("1998-04", "1999")
    assert (entry["favourite"], entry["private"], entry["priority"]) == (True, True, 5)


def test_progress_episodes_and_rewatches(fan: FlaskClient, anime: UUID) -> None:
    assert fan.put(f"{path(anime)}/progress", json={"progress": 26}).json["entry"]["progress"] == 26
    assert fan.put(f"{path(anime)}/progress", json={"progress": 3}).json["entry"]["progress"] == 3
    assert fan.put(f"{path(anime)}/episodes/9", json={"watched_at": None}).json["entry"]["progress"] == 4
    assert fan.put(f"{path(anime)}/episodes/1?kind=special", json={}).json["explained"] == "Special 1 watched."
    assert fan.delete(f"{path(anime)}/episodes/9", json={}).json["entry"]["progress"] == 3
    assert fan.patch(path(anime), json={"status": "completed"}).json["entry"]["progress"] == 26
    again = fan.post(f"{path(anime)}/rewatches", json={}).json["entry"]
    assert (again["status"], again["progress"]) == ("rewatching", 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"score": 101}, "score"),
        ({"score": "good"}, "score"),
        ({"status": "seen"}, "status"),
        ({"started": "last week"}, "started"),
        ({"started": "2024-13"}, "started"),
        ({"stars": 5}, "stars"),
        ({"tags": [""]}, "tags[0]"),
        ({"notes": "x" * 10_001}, "notes"),
    ],
)
def test_what_breaks_a_rule_is_told_with_its_field(
    fan: FlaskClient, anime: UUID, body: dict[str, object], field: str
) -> None:
    answer = fan.put(path(anime), json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["field"] == field
    assert answer.json["detail"]


def test_what_is_no_json_is_told_so(fan: FlaskClient, anime: UUID) -> None:
    broken = fan.put(path(anime), data="{", content_type="application/json")
    form = fan.put(path(anime), data={"score": 80})
    deep = fan.post(
        "/api/v1/me/guest-list", content_type="application/json",
        data=f'{{"entries": [{{"anime": "{anime}", "status": "planning", "x": {"[" * 99_999}{"]" * 99_999}}}]}}',
    )  # fmt: skip
    assert (deep.status_code, deep.json["field"]) == (422, "body")
    assert (broken.status_code, broken.json["field"]) == (422, "body")
    assert form.status_code == 415


def test_an_episode_there_is_not_is_told_so(fan: FlaskClient, anime: UUID) -> None:
    answer = fan.put(f"{path(anime)}/episodes/27", json={})
    assert (answer.status_code, answer.json["field"]) == (422, "episode")


def test_the_second_of_two_devices_is_told_what_there_is_now(fan: FlaskClient, anime: UUID) -> None:
    seen = fan.put(path(anime), json={}).headers["ETag"]
    fan.post(f"{path(anime)}/plus-one", json={}, headers={"If-Match": seen})

    late = fan.post(f"{path(anime)}/plus-one", json={}, headers={"If-Match": seen})

    assert late.status_code == 412
    assert late.json["entry"]["progress"] == 1
    assert fan.get(path(anime)).json["progress"] == 1
    for ask in (fan.put, fan.patch, fan.delete):
        assert ask(path(anime), json={}, headers={"If-Match": seen}).status_code == 412
    assert fan.post(f"{path(anime)}/plus-one", json={}, headers={"If-Match": "1"}).status_code == 422


def test_what_one_has_already_is_not_sent_again(fan: FlaskClient, anime: UUID) -> None:
    tag = fan.put(path(anime), json={}).headers["ETag"]
    assert fan.get(path(anime), headers={"If-None-Match": tag}).status_code == 304
    fan.post(f"{path(anime)}/plus-one", json={})
    assert fan.get(path(anime), headers={"If-None-Match": tag}).status_code == 200


def test_a_write_that_is_sent_twice_counts_once_and_is_answered_the_same(fan: FlaskClient, anime: UUID) -> None:
    keyed = {"Idempotency-Key": "act-1"}
    first, second = (fan.post(f"{path(anime)}/plus-one", json={}, headers=keyed) for _ in range(2))
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert fan.get(path(anime)).json["progress"] == 1


def test_a_key_is_of_one_request_of_one_fan(fan: FlaskClient, app: Flask, anime: UUID) -> None:
    other = browser(app)
    join(other, "faye")
    keyed = {"Idempotency-Key": "act-1"}
    fan.post(f"{path(anime)}/plus-one", json={}, headers=keyed)

    assert other.post(f"{path(anime)}/plus-one", json={}, headers=keyed).json["entry"]["progress"] == 1
    reused = fan.post(f"{path(anime)}/rewatches", json={}, headers=keyed)
    assert (reused.status_code, reused.json["field"]) == (422, "Idempotency-Key")
    assert fan.post(f"{path(anime)}/plus-one", json={}, headers={"Idempotency-Key": "x" * 65}).status_code == 422


def test_a_write_that_was_refused_may_be_sent_again_with_its_key(fan: FlaskClient, anime: UUID) -> None:
    keyed = {"Idempotency-Key": "act-1"}
    assert fan.patch(path(anime), json={"score": 90}, headers=keyed).status_code == 404
    fan.put(path(anime), json={})
    assert fan.patch(path(anime), json={"score": 90}, headers=keyed).json["entry"]["score"] == 90


def test_every_change_can_be_undone_by_its_number(fan: FlaskClient, anime: UUID) -> None:
    changes = [
        fan.put(path(anime), json={}),
        fan.post(f"{path(anime)}/plus-one", json={}),
        fan.delete(path(anime), json={}),
    ]
    assert changes[-1].json["entry"] is None
    for change in reversed(changes):
        undone = undo(fan, change)
        assert undone.status_code == 200, undone.json
    assert undone.json["entry"] is None
    assert undo(fan, changes[0]).status_code == 409
    lines = fan.get(f"{path(anime)}/history").json["changes"]
    assert [line["undone"] for line in lines] == [False, False, False, True, True, True]
    assert {line["source"] for line in lines} == {"api"}


def test_many_entries_are_changed_at_once_or_none_is(
    fan: FlaskClient, anime: UUID, connection: psycopg.Connection
) -> None:
    other, missing = make_anime(connection), make_anime(connection)
    for one in (anime, other):
        fan.put(path(one), json={})
    changes = {"status": "paused", "score": 50}
    done = fan.post("/api/v1/me/library/bulk", json={"anime": [anime, other], "changes": changes}).json["changed"]
    assert [(one["entry"]["anime"], one["entry"]["status"]) for one in done] == [
        (str(anime), "paused"), (str(other), "paused"),
    ]  # fmt: skip
    refused = fan.post("/api/v1/me/library/bulk", json={"anime": [anime, missing], "changes": {"score": 1}})
    assert refused.status_code == 404
    assert fan.get(path(anime)).json["score"] == 50


def test_a_page_that_believes_somebody_else_to_be_signed_in_writes_nothing(fan: FlaskClient, anime: UUID) -> None:
    own = fan.get("/api/v1/me").json["account"]
    wrong = fan.put(path(anime), json={}, headers={"Autotrack-Account": "a" * 20})
    assert (wrong.status_code, wrong.mimetype) == (409, "application/problem+json")
    assert fan.get(path(anime)).status_code == 404
    assert fan.put(path(anime), json={}, headers={"Autotrack-Account": own}).status_code == 200


def test_states_are_those_of_the_list_and_of_nobody_else(fan: FlaskClient, app: Flask, anime: UUID) -> None:
    other = browser(app)
    join(other, "faye")
    fan.put(path(anime), json={"score": 70})
    asked = f"/api/v1/me/states?anime={anime}&anime={uuid4()}"
    mine, theirs = fan.get(asked).json, other.get(asked).json
    assert [(one["anime"], one["score"]) for one in mine["states"]] == [(str(anime), 70)]
    assert theirs["states"] == []
    assert mine["account"] != theirs["account"]
    assert mine["scores"][0] == {"score": 100, "shown": "10"}


def test_a_read_and_a_write_of_state_are_three_statements_at_most(
    fan: FlaskClient, anime: UUID, statements: list[str]
) -> None:
    fan.put(path(anime), json={})
    for act in (
        lambda: fan.get(f"/api/v1/me/states?anime={anime}"),
        lambda: fan.get(path(anime)),
        lambda: fan.post(f"{path(anime)}/plus-one", json={}),
        lambda: fan.patch(path(anime), json={"score": 10}),
    ):
        statements.clear()
        assert act().status_code == 200
        assert 0 < len(statements) <= 3, statements


def test_no_more_is_taken_or_given_at_once_than_is_said(fan: FlaskClient, anime: UUID) -> None:
    assert fan.get("/api/v1/me/library?limit=100").status_code == 200
    assert fan.get("/api/v1/me/library?limit=101").json["field"] == "limit"
    assert fan.get("/api/v1/me/library?q=%00").json["field"] == "q"
    large = fan.put(path(anime), json={"notes": "x" * 1_000_000})
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")


def test_below_api_nothing_is_a_page_and_other_methods_are_told(fan: FlaskClient, anime: UUID) -> None:
    for address in ("/api/", "/api/v1/me/x.css", "/api/v1/nothing", f"{path(anime)}/style.css"):
        answer = fan.get(address)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), address
        assert "no-store" in answer.headers["Cache-Control"]
    wrong = fan.get(f"{path(anime)}/plus-one")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "POST")
    assert fan.post("/api/v1/me/library/never/plus-one", json={}).status_code == 404


def path(anime: UUID) -> str:
    return f"/api/v1/me/library/{anime}"


def undo(fan: FlaskClient, change: TestResponse) -> TestResponse:
    return fan.post(f"/api/v1/me/changes/{change.json['change']}/undo", json={})
