"""PostgreSQL: plain connections for set-based work, sessions for the rules over single rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
import psycopg
from psycopg.types.json import set_json_loads

from ports.errors import Misconfigured, Unavailable

if TYPE_CHECKING:
    from sqlalchemy import Engine

SCHEMES = ("postgresql", "postgres")

set_json_loads(orjson.loads)


def connect(url: str) -> psycopg.Connection:
    """Open an autocommit connection in UTC; `with connection.transaction():` marks what belongs together."""
    _check(url)
    try:
        # plans are made anew each time: a batch may be one row or a thousand, and a plan for any is wrong for both
        return psycopg.connect(
            url, autocommit=True, connect_timeout=10, options="-c timezone=UTC", prepare_threshold=None
        )
    except psycopg.OperationalError as error:
        raise Unavailable(f"PostgreSQL does not answer (DATABASE_URL): {error}") from error


@contextmanager
def snapshot(connection: psycopg.Connection) -> Iterator[None]:
    """Read everything inside from one moment, whatever others commit meanwhile."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def engine(url: str) -> Engine:
    """An SQLAlchemy engine on psycopg; imported late, because most verbs never need it."""
    from sqlalchemy import create_engine

    _check(url)
    return create_engine("postgresql+psycopg" + url[url.index(":") :], connect_args={"options": "-c timezone=UTC"})


def _check(url: str) -> None:
    scheme = urlsplit(url).scheme
    if scheme not in SCHEMES:
        raise Misconfigured(f"DATABASE_URL has the scheme {scheme!r}; known: embedded, {', '.join(SCHEMES)}")
