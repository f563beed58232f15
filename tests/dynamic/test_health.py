"""Health and access: what a load balancer is told, what is logged of a request, and what is not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from dynamic.app import create_app
from ports.bucket import Head, open_bucket
from ports.settings import from_environment
from tests.ports.hung import hung

AWAY = "127.0.0.1:9"


def test_a_process_lives_whatever_the_world_does(tmp_path: Path) -> None:
    answer = client(tmp_path, f"postgresql://{AWAY}/x", f"redis://{AWAY}/0").get("/health/live")

    assert (answer.status_code, answer.json) == (200, {"status": "live"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_all_is_ready(tmp_path: Path, database_url: str, redis_url: str) -> None:
    answer = client(tmp_path, database_url, redis_url).get("/health/ready")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "postgresql": "ok", "bucket": "ok", "redis": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_redis_it_is_ready_and_says_so(tmp_path: Path, database_url: str) -> None:
    answer = client(tmp_path, database_url, f"redis://{AWAY}/0").get("/health/ready")

    assert (answer.status_code, answer.json and answer.json["redis"]) == (200, "down")


@pytest.mark.parametrize("place", ["refusing", "hanging"])
def test_without_postgresql_it_is_not_ready_and_says_no_more_than_that(
    tmp_path: Path, redis_url: str, place: str, silent: str
) -> None:
    where = {"refusing": AWAY, "hanging": silent}[place]
    began = time.monotonic()
    with capture_logs() as said:
        answer = client(tmp_path, f"postgresql://u:hunter2@{where}/x", redis_url).get("/health/ready")

    assert time.monotonic() - began < 10  # after three seconds nobody is waited for
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "postgresql": "down", "bucket": "ok", "redis": "ok"}
    assert answer.headers["Retry-After"]
    assert [line["port"] for line in said if line["event"] == "not answering"] == ["postgresql"]


def test_without_a_bucket_it_is_not_ready(tmp_path: Path, database_url: str, redis_url: str) -> None:

    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    answer = client(tmp_path, database_url, redis_url, bucket=loop).get("/health/ready")

    assert (answer.status_code, answer.json and answer.json["bucket"]) == (503, "down")


def test_a_request_is_one_line_without_its_query_or_its_sender(tmp_path: Path) -> None:
    browser = client(tmp_path, f"postgresql://{AWAY}/x", f"redis://{AWAY}/0")
    with capture_logs() as said:
        answer = browser.get(
            "/anime/x?email=faye@example.org", environ_base={"REMOTE_ADDR": "203.0.113.7"},
            headers={"X-Forwarded-For": "203.0.113.8", "Referer": "https://secret.example", "User-Agent": "Bebop"},
        )  # fmt: skip

    (line,) = said
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/anime/x", 404)
    assert line["ms"] >= 0
    assert len(answer.headers["X-Request-Id"]) == 32
    told = json.dumps(said)
    assert not any(word in told for word in ("faye", "203.0.113", "secret.example", "Bebop"))


def test_a_request_keeps_the_name_that_it_came_with_if_it_is_one(tmp_path: Path) -> None:
    browser = client(tmp_path, f"postgresql://{AWAY}/x", f"redis://{AWAY}/0")

    assert browser.get("/", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] == "abc-12345"
    assert browser.get("/", headers={"X-Request-Id": "a b; c"}).headers["X-Request-Id"] != "a b; c"


def test_who_asks_for_health_all_the_time_fills_no_log(tmp_path: Path) -> None:
    with capture_logs() as said:
        client(tmp_path, f"postgresql://{AWAY}/x", f"redis://{AWAY}/0").get("/health/live")

    assert [line["log_level"] for line in said] == ["debug"]


def client(home: Path, database: str, redis: str, bucket: Path | None = None) -> FlaskClient:
    url = f"file:{bucket or home / 'pages'}"
    settings = from_environment(
        {"AUTOTRACK_HOME": str(home), "DATABASE_URL": database, "REDIS_URL": redis, "BUCKET_URL": url}
    )
    if bucket is None:
        open_bucket(url).put("index", b"home", Head("text/html; charset=utf-8", "no-store"))
    return create_app(settings).test_client()


@pytest.fixture
def silent() -> Iterator[str]:
    with hung() as place:
        yield place
