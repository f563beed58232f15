"""What the tests of a library share: one database for each module, in which every test has a fan of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from ports.database import connect
from tests.conftest import fresh_database
from tests.domain.fans import Fan


@pytest.fixture(scope="module")
def crowded_url(server: str) -> Iterator[str]:
    """A database with many fans, who must not notice one another."""
    with contextmanager(fresh_database)(server) as url:
        yield url


@pytest.fixture(scope="module")
def crowd(crowded_url: str) -> Iterator[psycopg.Connection]:
    """A connection to it."""
    with connect(crowded_url) as connection:
        yield connection


@pytest.fixture
def fan(crowd: psycopg.Connection) -> Fan:
    """Somebody new in it."""
    return Fan(crowd)
