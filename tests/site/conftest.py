"""Sites that many tests look at: each with a database and a bucket of its own, gone when the tests are through."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ports.database import connect
from ports.settings import Settings
from tests.site.everything import fill
from tests.site.published import Published, new_sites, publish


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
