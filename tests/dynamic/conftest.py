"""The whole app over a database and a Redis of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dynamic.app import create_app
from dynamic.transaction import close
from ports.passwords import Argon2
from ports.settings import Settings, from_environment
from tests.dynamic.patient import patient
from tests.dynamic.people import browser

QUICK = Argon2(memory_kib=64, passes=1)
"""Argon2id that costs nothing."""


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """On this machine, where cookies have plain names."""
    return from_environment({"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url})


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with patient():
        app = create_app(settings)
        app.extensions["hasher"] = QUICK
        yield app
        close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return browser(app)
