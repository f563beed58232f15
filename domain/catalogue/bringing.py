"""Bringing what was taken in into the tables: the order of an import, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import psycopg

from domain.catalogue.first_load import keys_checked_at_once, nothing_to_log
from domain.catalogue.lane import Lane
from domain.catalogue.relations import group_recaps, recaps
from domain.catalogue.report import Report
from domain.catalogue.scope import attach_waiting, scope_of
from domain.catalogue.stock import Stock
from domain.catalogue.turns import Turn
from domain.errors import Conflict

LOCK = 7_305_211
WORTH_ANALYZING = 500
"""Changed rows of a table from which on the planner should hear of them."""


class Written(Protocol):
    """The changes to one table."""

    def write(self, connection: psycopg.Connection, report: Report) -> None: ...


def lock(connection: psycopg.Connection) -> None:
    """Keep every other import out until this transaction ends; raises Conflict where one is running."""
    (alone,) = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,)).fetchone() or (False,)
    if not alone:
        raise Conflict("another catalogue import is running; wait until it is done")


def bring_in(stock: Stock, report: Report) -> None:
    """Write everything that the stock has pending; must run in the transaction in which the stock was loaded."""
    report.attached = attach_waiting(stock)
    if not any(stock.pending.values()):
        return
    connection, first = stock.connection, not stock.existed
    grouped = recaps(connection)
    turn = Turn(scope_of(stock), report)
    with nothing_to_log(connection, first), keys_checked_at_once(connection, first), Lane() as lane:
        tables: list[Callable[[], Written]] = [
            turn.anime,
            turn.studios,
            turn.genres,
            turn.episodes,
            turn.offers,
            turn.relations,
            turn.records,
        ]
        # Where no key is checked yet, what is ready to be sent goes first: the server works while we still compute.
        for table in reversed(tables) if first else tables:
            lane.later(table().write, connection, report)
    group_recaps(connection, grouped, report)
    _analyze(connection, report)


def _analyze(connection: psycopg.Connection, report: Report) -> None:
    for table, verbs in sorted(report.rows.items()):
        if verbs.total() >= WORTH_ANALYZING:
            connection.execute(f"ANALYZE {table}")
