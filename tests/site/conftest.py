"""Sites that many tests look at: each with a database and a bucket of its own, gone when the tests are through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ports.database import connect
from ports.settings import Settings
from tests.conftest import fresh_database
from tests.site.everything import fill
from tests.site.published import Published, new_sites, publish
from tests.site.world import make_world


@pytest.fixture(scope="session")
def new_site(server: str) -> Iterator[Callable[[], Settings]]:
    """Makes settings that name a migrated, empty database and an empty bucket."""
    yield from new_sites(server)


@pytest.fixture(scope="session")
def everything(new_site: Callable[[], Settings]) -> Published:
    """A catalogue with a row of every kind, built once; to look at, not to change."""
    settings = new_site()
    with connect(settings.database_url) as connection:
        fill(connection)
    return publish(settings)


@pytest.fixture(scope="module")
def world(server: str) -> Iterator[str]:
    """The name of a database to clone: a filled catalogue, nothing built yet."""
    with contextmanager(fresh_database)(server) as url:
        with connect(url) as connection:
            make_world(connection)
        yield url.rpartition("/")[2]
