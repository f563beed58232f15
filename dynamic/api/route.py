"""What one row of the table of routes says, what a view is asked with, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from dynamic.login import Visitor


@dataclass(frozen=True, slots=True)
class Ask:
    """A request whose parts have been checked: who asks, when, and with what.

    `body` and `query` are of the types that the route names. `if_version` is what `If-Match` says.
    """

    connection: psycopg.Connection
    user: Visitor
    at: datetime
    body: Any = None
    query: Any = None
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a view returns: a value of a type that the route names, and the version of the entry that it shows.

    `total` is how many episodes the catalogue counts, where the value says something of that: it may change alone.
    """

    value: Any
    version: int | None = None
    status: int = 200
    total: int | None = None


View = Callable[..., Said]


@dataclass(frozen=True)
class Route:
    """One operation: `METHOD path`, below `/api/v1`.

    `answers` maps the statuses of success to the type of their body. A route that is `conditional` knows ETags: of GET
    by If-None-Match, of writes by If-Match.
    """

    method: str
    path: str
    view: View
    summary: str
    answers: Mapping[int, Any]
    body: Any = None
    query: Any = None
    conditional: bool = False

    @property
    def name(self) -> str:
        """The operation id: `plus_one`."""
        return self.view.__name__

    @property
    def writes(self) -> bool:
        return self.method != "GET"
