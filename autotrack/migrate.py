"""`autotrack migrate`: the database's schema, brought to a revision by Alembic when it is not there yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import psycopg

from autotrack.embedded import servers
from autotrack.errors import Failure
from ports.database import connect
from ports.settings import PROJECT, from_environment

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = PROJECT / "migrations"
ONE_AT_A_TIME = 0x617574
"""The advisory lock under which a schema changes; any number that nothing else uses."""


@click.command("migrate")
@click.argument("revision", default="head")
@click.option("--down-to", metavar="REVISION", help="Go back to REVISION instead (`base`: an empty database).")
def verb(revision: str, down_to: str | None) -> None:
    """Bring the database's schema up to REVISION, by default the newest."""
    with servers(from_environment(), redis=False) as settings:
        if down_to:
            downgrade(settings.database_url, down_to)
        else:
            migrate(settings.database_url, revision)
        click.echo(f"The database is at revision {current(settings.database_url) or 'base'}.")


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema up to `revision`; costs a single query when it is the newest already."""
    # Alembic and SQLAlchemy take a second to import, and nearly always there is nothing to do.
    if revision == "head" and current(url) == newest():
        return
    _alembic(url, lambda command, config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to `revision`; what newer revisions added is dropped with its data."""
    _alembic(url, lambda command, config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with connect(url) as connection:
        row = connection.execute("SELECT to_regclass('alembic_version')::text").fetchone()
        if not row or row[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def newest(versions: Path = MIGRATIONS / "versions") -> str | None:
    """The revision that no other one builds upon, read from the files as text; None when that is not a single one."""
    texts = [file.read_text() for file in sorted(versions.glob("*.py"))]
    heads = _assigned("revision", texts) - _assigned("down_revision", texts)
    return heads.pop() if len(heads) == 1 else None


def _assigned(name: str, texts: list[str]) -> set[str]:
    """The strings that the modules assign to `name`, one or several."""
    lines = [line for text in texts for line in re.findall(rf"^{name}\b[^=\n]*=(.*)$", text, re.MULTILINE)]
    return {word for line in lines for word in re.findall(r"""["']([^"']+)["']""", line)}


def _alembic(url: str, do: Callable[..., None]) -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        with _one_at_a_time(url):
            do(command, _config(url))
    except CommandError as error:
        raise Failure(f"cannot migrate: {error}") from error
    except psycopg.Error as error:
        raise Failure(f"cannot migrate: {error}") from error


def _config(url: str) -> Config:
    """Alembic's configuration; migrations/env.py takes the address from `attributes`, where no % needs escaping."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.attributes["url"] = url
    return config


@contextmanager
def _one_at_a_time(url: str) -> Iterator[None]:
    """Two commands started together migrate one after the other."""
    with connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield
