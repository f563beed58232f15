"""The transaction of a request: one connection, committed when the view returns, rolled back when it raises."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Lock
from typing import cast

import psycopg
from flask import Flask, Response, current_app, g, request
from psycopg_pool import ConnectionPool, PoolTimeout

from ports.database import give_back, pool
from ports.errors import Unavailable
from ports.settings import Settings

AT_ONCE = 8
"""Connections of one process; more threads than that wait for one another."""
WITHOUT = frozenset({None, "health", "origin"})
"""Blueprints whose routes touch no row, and say what is wrong in a line of text."""


def install(app: Flask, settings: Settings) -> None:
    """`g.connection` is there in every view but those of WITHOUT."""
    app.extensions["database"] = settings.database_url
    app.before_request(_begin)
    app.after_request(_commit)
    app.teardown_request(_give_back)


def _begin() -> None:
    if request.blueprint in WITHOUT:
        return
    try:
        g.connection = _pool().getconn()
    except PoolTimeout as error:
        raise Unavailable("PostgreSQL does not answer, or all connections to it are in use (DATABASE_URL)") from error


def failed() -> None:
    """Nothing of this request is to stay; whoever makes an answer out of an error says so.

    The answer may ask the database once more who is reading; where that is gone, nobody is.
    """
    g.failed = True
    connection: psycopg.Connection | None = g.get("connection")
    if connection is not None:
        with suppress(psycopg.OperationalError):
            connection.rollback()
        if connection.closed:
            g.session = None


def _commit(response: Response) -> Response:
    if "connection" in g and not g.get("failed"):
        g.failed = True  # unless it goes well: a commit that fails is answered as an error
        cast(psycopg.Connection, g.connection).commit()
        g.failed = False
    return response


def _give_back(error: BaseException | None) -> None:
    connection: psycopg.Connection | None = g.pop("connection", None)
    if connection is not None:
        give_back(_pool(), connection)


def _pool() -> ConnectionPool:
    """The pool of this process; made after a fork, for a connection cannot be shared, and by one of its threads."""
    key = f"pool of {os.getpid()}"
    if key not in current_app.extensions:
        with _MAKING:
            if key not in current_app.extensions:
                opened = pool(current_app.extensions["database"], AT_ONCE)
                opened.open()
                current_app.extensions[key] = opened
    return cast(ConnectionPool, current_app.extensions[key])


_MAKING = Lock()


def close(app: Flask) -> None:
    """Close the connections of this process; the next request opens others."""
    if opened := app.extensions.pop(f"pool of {os.getpid()}", None):
        opened.close()
