"""PostgreSQL is restarted in the middle of a relay, a drain and a sweep: who is at it hears of it; it ends well."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autotrack import locks
from autotrack.embedded import Running, running
from autotrack.migrate import migrate
from ports.database import connect
from ports.settings import from_environment
from tests.autotrack.command import eventually
from tests.site.crashing import process_of
from tests.site.test_failpoints import STEPS, go_on, work
from tests.site.whole import WholeSite, differences
from tests.site.world import make_world

pytestmark = pytest.mark.long
MOMENTS = (
    "the relay has marked pages and not committed",
    "pages are leased",
    "pages are read and rendered",
    "all objects of a batch are put",
    "results are recorded and not committed",
    "objects are deleted and not forgotten",
)


def test_a_restart_at_any_moment_is_heard_of_and_made_good(site: WholeSite, restart: Callable[[], None]) -> None:
    for number, moment in enumerate(MOMENTS):
        _, owner, name, call = STEPS[moment]
        edit_again(site, number)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, followed(getattr(owner, name), call, restart))
            with pytest.raises(psycopg.OperationalError):
                work(site, site.connection)
        assert site.connection.broken or site.connection.closed
        site.connection = connect(site.database_url)

        go_on(site)

        site.builds += 1  # each clean build has a bucket of its own
        live = site.live()
        assert differences(live, site.clean()) == [], moment
        assert site.paths() == sorted(live)


def edit_again(site: WholeSite, number: int) -> None:
    """Edits that publish, move and remove, other ones each time."""
    rows = site.connection.execute("SELECT slug FROM anime WHERE NOT adult ORDER BY slug LIMIT 2").fetchall()
    one, other = (slug for (slug,) in rows)
    site.connection.execute("UPDATE anime SET title_english = %s WHERE slug = %s", [f"Renamed {number}", one])
    site.connection.execute("UPDATE anime SET slug = %s WHERE slug = %s", [f"moved-{number}", one])
    site.connection.execute("UPDATE anime SET season_year = %s WHERE slug = %s", [1990 + number, other])
    site.connection.execute("UPDATE anime SET season_year = %s WHERE slug = %s", [1960 + number, f"moved-{number}"])


def followed(step: Callable[..., Any], call: int, by: Callable[[], None]) -> Callable[..., Any]:
    """The same step; after this call of it something happens."""
    calls = 0

    def both(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        result = step(*arguments, **named)
        if calls == call:
            by()
        return result

    return both


@pytest.fixture(scope="module")
def together() -> Iterator[Running]:
    base = Path(tempfile.mkdtemp(prefix="autotrack-restarts-"))
    base.chmod(0o755)
    try:
        with running(from_environment({"AUTOTRACK_HOME": str(base / "home")}), redis=False) as found:
            migrate(found.settings.database_url)
            yield found
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def restart(together: Running) -> Callable[[], None]:
    """Ends every connection as an administrator's restart does, and returns when the server answers again."""
    (postgres,) = together.servers

    def again() -> None:
        os.kill(process_of(postgres), signal.SIGINT)
        assert eventually(lambda: not locks.held(postgres.directory / "keeper"), 90)
        together.revive(lambda line: None)

    return again


@pytest.fixture
def site(together: Running, tmp_path: Path) -> Iterator[WholeSite]:
    with connect(together.settings.database_url) as connection:
        make_world(connection)
        made = WholeSite(connection, together.settings.database_url, tmp_path)
        made.build()
        yield made
        made.connection.close()
