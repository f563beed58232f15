"""Log lines: one JSON object each, from us and from libraries, and never a secret in them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from ports import log, secrets
from ports.errors import Misconfigured
from ports.settings import from_environment, secrets_of

SECRETS = {
    "DATABASE_URL": "postgresql://autotrack:pg-canary-%2Fx@db.example/autotrack",
    "REDIS_URL": "rediss://:redis-canary@cache.example:6379/0",
    "AWS_ACCESS_KEY_ID": "AKIACANARY",
    "AWS_SECRET_ACCESS_KEY": "aws-canary+/=",
    "AWS_SESSION_TOKEN": "session-canary",
    "CDN_TOKEN": "cdn-canary",
    "SECRET_KEY": "cookie-canary-that-is-as-long-as-a-key",
}
CANARIES = (
    *(value for value in SECRETS.values() if "://" not in value),
    "pg-canary-%2Fx",
    "pg-canary-/x",
    "redis-canary",
)


@pytest.mark.parametrize("chosen", ["json", "text"])
def test_no_secret_is_ever_said(chosen: str, said: Said) -> None:
    log.configure(from_environment({**SECRETS, "LOG_FORMAT": chosen, "LOG_LEVEL": "debug"}), "test")
    secrets.keep(secrets.found_in(SECRETS))
    for canary in CANARIES:
        structlog.get_logger().info("plain", at=canary, deep={"in": [canary, {"of": canary}]}, error=ValueError(canary))
        structlog.get_logger().info(f"said {canary} aloud")
        logging.getLogger("library").warning("with %s", canary)
        try:
            raise ConnectionError(f"no route to {SECRETS['DATABASE_URL']} and {canary}")
        except ConnectionError:
            logging.getLogger("library").exception("failed")
            structlog.get_logger().exception("failed", settings=repr(SECRETS))

    assert said.text().count("failed") >= 2 * len(CANARIES)
    assert [canary for canary in CANARIES if canary in said.text()] == []
    assert "db.example" in said.text()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("redis://:hunter2@host:6379/0", "redis://:***@host:6379/0"),
        ("postgresql://me:p%40ss@host/x?sslmode=require", "postgresql://me:***@host/x?sslmode=require"),
        ("password=hunter2 host=db", "password=*** host=db"),
        ("{'api_key': 'hunter2', 'n': 1}", "{'api_key': '***', 'n': 1}"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer ***"),
        ("https://anime.example:8000/anime/x", "https://anime.example:8000/anime/x"),
        ('password authentication failed for user "autotrack"', 'password authentication failed for user "autotrack"'),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_nothing_else(text: str, left: str) -> None:
    assert secrets.hide(text) == left


def test_a_secret_that_is_a_word_hides_no_longer_word(said: Said) -> None:
    secrets.keep(["postgres"])

    assert secrets.hide("postgresql said: no postgres here") == "postgresql said: no *** here"


def test_a_secret_is_known_by_the_name_of_its_variable_or_as_the_password_of_an_address() -> None:
    found = secrets_of(from_environment(SECRETS), {**SECRETS, "HOME": "/root", "PORT": "8000"})

    assert found == {
        "pg-canary-%2Fx", "redis-canary", "AKIACANARY", "aws-canary+/=", "session-canary", "cdn-canary",
        "cookie-canary-that-is-as-long-as-a-key",
    }  # fmt: skip


def test_ours_and_theirs_are_json_of_one_shape(said: Said) -> None:
    log.configure(from_environment({"LOG_FORMAT": "json"}), "worker render")
    structlog.get_logger().info("job", verdicts={"publish": 2}, ms=7)
    logging.getLogger("rq.worker").warning("could not connect: %s", "refused")

    ours, theirs = lines(said)
    assert list(ours)[:4] == list(theirs)[:4] == ["time", "level", "process", "event"]
    assert (ours["process"], ours["event"], ours["verdicts"], ours["ms"]) == ("worker render", "job", {"publish": 2}, 7)
    assert (theirs["level"], theirs["event"]) == ("warning", "could not connect: refused")
    assert ours["time"].endswith("Z")


def test_what_is_no_terminal_gets_json_and_a_terminal_lines_for_people(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.configure(from_environment({}), "test")
    structlog.get_logger().info("one")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    log.configure(from_environment({}), "test")
    structlog.get_logger().info("two")

    first, second = said.text().splitlines()
    assert json.loads(first)["event"] == "one"
    assert "two" in second and not second.startswith("{")


def test_the_level_is_chosen_and_what_signs_requests_never_says_more_than_warnings(said: Said) -> None:
    log.configure(from_environment({"LOG_LEVEL": "warning"}), "test")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    log.configure(from_environment({"LOG_LEVEL": "debug"}), "test")
    logging.getLogger("botocore.auth").debug("StringToSign")
    structlog.get_logger().debug("all")

    assert [line["event"] for line in lines(said)] == ["loud", "all"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("550 5.1.1 <spike.s+x@mail.example.org>: unknown", "550 5.1.1 <…@…>: unknown"),
        ("/@spike/reviews", "/@…/reviews"),
        ("Key (lower(handle))=(spike) already exists.", "Key (lower(handle))=(…) already exists."),
        ("Failing row contains (7, spike (one), 2026-11-23).", "Failing row contains (…)."),
        ("Mentioned by @faye_1", "Mentioned by @…"),
        ("postgresql://autotrack:***@db.example.org/x", "postgresql://autotrack:***@db.example.org/x"),
        ("postgresql://autotrack@db.example.org/x", "postgresql://autotrack@db.example.org/x"),
    ],
)
def test_nobodys_address_or_handle_is_written_down(said: Said, text: str, left: str) -> None:
    log.configure(from_environment({"LOG_FORMAT": "json"}), "test")
    structlog.get_logger().info(text, path=text, of=[text])
    logging.getLogger("theirs").warning("%s", text)

    ours, theirs = lines(said)
    assert (ours["event"], ours["path"], ours["of"], theirs["event"]) == (left, left, [left], left)


@pytest.mark.parametrize("name", ["LOG_LEVEL", "LOG_FORMAT", "METRICS_PORT"])
def test_a_wrong_choice_is_named(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"{name} is 'loud'"):
        from_environment({name: "loud"})


class Said:
    """What went to stderr so far."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured, self._text = captured, ""

    def text(self) -> str:
        self._text += self._captured.readouterr().err
        return self._text


def lines(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.text().splitlines()]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Said]:
    """What goes to stderr; afterwards the process logs, and knows of secrets, as before."""
    root = logging.getLogger()
    handlers, level, known = list(root.handlers), root.level, set(secrets._known)
    yield Said(capsys)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    secrets._known.clear()
    secrets._known.update(known)
