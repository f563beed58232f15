"""PostgreSQL: plain connections for set-based work, sessions for the rules over single rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import orjson
import psycopg
from psycopg.types.json import set_json_loads

from ports.errors import Misconfigured, Unavailable

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg_pool import ConnectionPool
    from sqlalchemy import Engine

SCHEMES = ("postgresql", "postgres")
T = TypeVar("T")

set_json_loads(orjson.loads)


@dataclass(frozen=True)
class Patience:
    """Seconds that one waits to be connected, for a statement, for a lock, and that a transaction may do nothing.

    0 waits for ever: an import or a build takes what it takes.
    """

    connect: int = 10
    statement: float = 0
    lock: float = 0
    idle: float = 0

    def options(self) -> str:
        limits = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return "".join(f" -c {name}={seconds * 1000:.0f}" for name, seconds in limits.items() if seconds)


PATIENT = Patience()
WORKING = Patience(connect=5, statement=600, lock=120, idle=120)
"""Of processes that run for ever: one that hangs with a lock in its hand would stop all the others."""
BRIEF = Patience(connect=2, statement=2, lock=2, idle=10)
"""Of who only looks whether all is well."""
ANSWERING = Patience(connect=2, statement=5, lock=2, idle=10)
"""Of who answers a request: a reader has gone by then."""
QUIET = 1.0
"""Seconds after which a pooled connection is asked whether the server is still there: it may have been restarted."""
GRACE = 5.0
"""Seconds after which a statement that should have ended is no longer waited for: the server itself hangs."""
_LIVELINESS: dict[str, Any] = {
    "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000,
}  # fmt: skip
"""A network that went away is noticed within 25 s."""


class _Connection(psycopg.Connection):
    """A connection that gives up on a server which does not even say that time is up."""

    patience = PATIENT
    used = 0.0
    """When it was last given back to a pool, by the monotonic clock."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        longest = self.patience.statement + GRACE if self.patience.statement else None
        try:
            return super().wait(gen, interval, longest if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:
            if timeout is not None:
                raise
            self.pgconn.finish()  # what it still may say would be taken for the answer to the next question
            raise psycopg.OperationalError(f"PostgreSQL (DATABASE_URL) has not answered for {longest:.0f} s") from error


def connect(url: str, patience: Patience = PATIENT, name: str = "autotrack") -> psycopg.Connection:
    """Open an autocommit connection in UTC; `with connection.transaction():` marks what belongs together.

    The server lists it under `name`. Raises Unavailable; a statement that takes too long raises
    psycopg.OperationalError.
    """
    _check(url)
    try:
        # plans are made anew each time: a batch may be one row or a thousand, and a plan for any is wrong for both
        connection = _Connection.connect(
            url, autocommit=True, connect_timeout=patience.connect, prepare_threshold=None,
            application_name=name,
            options=f"-c timezone=UTC{patience.options()}", **_LIVELINESS,
        )  # fmt: skip
    except psycopg.OperationalError as error:
        raise Unavailable(f"PostgreSQL does not answer (DATABASE_URL): {error}") from error
    except psycopg.ProgrammingError:
        raise _unreadable() from None  # what it says repeats a part of the password
    connection.patience = patience
    return connection


def pool(url: str, size: int, patience: Patience = ANSWERING, name: str = "autotrack web") -> ConnectionPool:
    """Up to `size` connections in UTC, each opened when it is first needed; statements begin a transaction.

    What is asked again and again is planned once: these are questions about single rows. Raises Misconfigured.
    """
    from psycopg_pool import ConnectionPool  # only the web needs it

    _check(url)

    def patient(connection: psycopg.Connection) -> None:
        cast(_Connection, connection).patience = patience

    def alive(connection: psycopg.Connection) -> None:
        if time.monotonic() - cast(_Connection, connection).used > QUIET:
            ConnectionPool.check_connection(connection)

    return ConnectionPool(
        url, connection_class=_Connection, configure=patient, check=alive, min_size=0, max_size=size, open=False,
        timeout=patience.connect, reconnect_timeout=patience.connect, max_idle=300, name=name,
        kwargs={"connect_timeout": patience.connect, "application_name": name,
                "options": f"-c timezone=UTC{patience.options()}", **_LIVELINESS},
    )  # fmt: skip


def give_back(pool: ConnectionPool, connection: psycopg.Connection) -> None:
    """Into the pool that it came from, with nothing of its transaction left."""
    if not connection.closed:
        connection.rollback()
        cast(_Connection, connection).used = time.monotonic()
    pool.putconn(connection)


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
    return create_engine(
        "postgresql+psycopg" + url[url.index(":") :], connect_args={"options": "-c timezone=UTC", "connect_timeout": 10}
    )


def _unreadable() -> Misconfigured:
    return Misconfigured(
        "DATABASE_URL cannot be read; it must look like postgresql://user:password@host/database, and in the password"
        " %, :, @ and / are written as %25, %3A, %40 and %2F"
    )


def _check(url: str) -> None:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise _unreadable() from None
    if scheme not in SCHEMES:
        raise Misconfigured(f"DATABASE_URL has the scheme {scheme!r}; known: embedded, {', '.join(SCHEMES)}")
