"""The example alerts: they are what Prometheus reads, and ask only for what is really told."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import yaml
from prometheus_client import REGISTRY

from domain import schedule
from jobs import metrics as counted
from jobs.chores import CHORES
from jobs.gauges import Gauges
from ports import metrics
from ports.errors import Misconfigured
from ports.settings import PROJECT, Settings, from_environment
from tests.autotrack.command import free_port

ALERTS = PROJECT / "deploy/prometheus/alerts.yml"
DOCUMENTED = PROJECT / "docs/operations.md"
NAME = re.compile(r"\bautotrack_[a-z_]+")


def test_every_alert_says_when_how_urgent_it_is_and_what_to_do(rules: list[dict[str, Any]]) -> None:
    assert len({rule["alert"] for rule in rules}) == len(rules) > 10
    for rule in rules:
        assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}, rule
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"].keys() == {"summary", "do"}
        assert re.fullmatch(r"\d+[smh]", rule["for"])
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_every_metric_of_an_alert_and_of_the_guide_is_told_and_back(rules: list[dict[str, Any]], told: str) -> None:
    series = set(NAME.findall("".join(line for line in told.splitlines(True) if not line.startswith("#"))))
    asked = set().union(*(NAME.findall(rule["expr"]) for rule in rules))
    assert asked <= series, asked - series

    names = {re.sub(r"_(bucket|count|sum)$", "", name) for name in series}
    assert names == set(NAME.findall(DOCUMENTED.read_text()))


def test_an_address_that_is_taken_is_told(settings: Settings, told: str) -> None:
    with pytest.raises(Misconfigured, match=f"METRICS_PORT {settings.metrics_port} of METRICS_HOST 127.0.0.1: address"):
        metrics.serve(settings)


def test_without_a_port_nobody_listens(settings: Settings) -> None:
    assert metrics.serve(replace(settings, metrics_port=None)) is None


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    return from_environment({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "METRICS_PORT": str(free_port())})


@pytest.fixture
def told(settings: Settings, connection: psycopg.Connection) -> Iterator[str]:
    """What a relay and a worker tell Prometheus, by HTTP."""
    schedule.ensure(connection, {name: chore.every for name, chore in CHORES.items()})
    schedule.done(connection, "audit", CHORES["audit"].every)
    counted.RENDERS.labels("anime", "publish").inc(0)
    counted.CHANGE_TO_LIVE.labels("anime")
    counted.PURGES.labels("done").inc(0)
    gauges = Gauges(settings)
    address = metrics.serve(settings, gauges)
    assert address
    try:
        yield urllib.request.urlopen(address, timeout=60).read().decode()
    finally:
        REGISTRY.unregister(gauges)
