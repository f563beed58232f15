"""A fan, an anime, and an ear at the database."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.dynamic.people import join
from tests.factories import make_anime, make_noise


@pytest.fixture
def fan(client: FlaskClient) -> FlaskClient:
    """A browser in which a fan is signed in."""
    join(client, "spike")
    return client


@pytest.fixture
def anime(connection: psycopg.Connection) -> UUID:
    """An anime of 26 episodes, among others."""
    make_noise(connection)
    return make_anime(connection, "cowboy-bebop", episode_count=26)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What PostgreSQL is asked, transactions aside."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def recorded(cursor: psycopg.Cursor, query: object, *rest: object, **more: object) -> psycopg.Cursor:
        asked.append(str(query))
        return execute(cursor, query, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Cursor, "execute", recorded)
    return asked
