"""What every test may ask for: a real PostgreSQL, a migrated database, a site; in CI no skip goes unnoticed."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import settings

from autotrack.embedded import servers
from autotrack.migrate import migrate
from ports.database import connect
from ports.settings import from_environment
from tests.domain.feeds import Feeds
from tests.memory import memory
from tests.site.whole import WholeSite

HOME = pytest.StashKey[Path]()
TEMPLATE = "migrated"
IN_CI = os.environ.get("CI") == "true"

settings.register_profile("busy", deadline=None)  # how long an example takes says something of the machine only
settings.load_profile("busy")


def pytest_configure(config: pytest.Config) -> None:
    """One home for the server that all workers of a run share; Ctrl-C means what it means also in the background."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # of a shell that began this by `&`; children would keep it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    given = getattr(config, "workerinput", {}).get("home")
    if given:
        config.stash[HOME] = Path(given)
        return
    config.stash[HOME] = Path(tempfile.mkdtemp(prefix="autotrack-tests-", dir=memory()))
    config.stash[HOME].chmod(0o755)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist the home."""
    node.workerinput["home"] = str(node.config.stash[HOME])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[HOME], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is alone with it at the end."""
    items.sort(key=lambda item: "early" not in item.keywords)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing is skipped, except what needs the network."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail") and "live" not in item.keywords:
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if IN_CI and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of a PostgreSQL with a migrated template database; joined by all workers, gone with the last."""
    home = pytestconfig.stash[HOME]
    with servers(from_environment({"AUTOTRACK_HOME": str(home)}), redis=False, durable=False) as settings:
        url = settings.database_url
        with connect(url) as connection:
            connection.execute("SELECT pg_advisory_lock(1)")
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
                connection.execute("DROP DATABASE IF EXISTS migrating")
                connection.execute("CREATE DATABASE migrating")
                migrate(named(url, "migrating"))
                connection.execute(f"ALTER DATABASE migrating RENAME TO {TEMPLATE}")
        yield url


@pytest.fixture(scope="session")
def redis_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of a Valkey that all workers share."""
    chosen = {"AUTOTRACK_HOME": str(pytestconfig.stash[HOME]), "DATABASE_URL": "postgresql://unused"}
    with servers(from_environment(chosen), durable=False) as settings:
        yield settings.redis_url


_numbers = itertools.count()


@pytest.fixture
def database_url(server: str) -> Iterator[str]:
    """A migrated, empty database of one's own."""
    yield from fresh_database(server)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection to it: autocommit, in UTC."""
    with connect(database_url) as connection:
        yield connection


@pytest.fixture
def feeds(connection: psycopg.Connection, tmp_path: Path) -> Feeds:
    """Records to be imported into it."""
    return Feeds(connection, tmp_path)


@pytest.fixture
def site(connection: psycopg.Connection, database_url: str, tmp_path: Path) -> Iterator[WholeSite]:
    """A site in an empty bucket, over the database of `connection`."""
    yield from fresh_site(connection, database_url, tmp_path)


def fresh_database(server: str, template: str = TEMPLATE) -> Iterator[str]:
    """A database cloned from a template, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with connect(server) as connection:
        # copying files takes half as long as writing all of it to the log
        alone(connection, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield named(server, name)
        finally:
            alone(connection, f"DROP DATABASE {name} WITH (FORCE)")


def alone(connection: psycopg.Connection, statement: str) -> None:
    """Do what nobody may be connected for: who has left is waited for, by PostgreSQL for five seconds each time."""
    for left in range(12, -1, -1):
        try:
            connection.execute(statement)
            return
        except psycopg.errors.ObjectInUse:
            if not left:
                raise


def fresh_site(connection: psycopg.Connection, url: str, fallback: Path) -> Iterator[WholeSite]:
    """A site whose bucket lies in memory where there is such a file system."""
    home = Path(tempfile.mkdtemp(prefix="autotrack-site-", dir=memory() or fallback))
    try:
        yield WholeSite(connection, url, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def named(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()
