"""`autotrack library`: what an operator may do to libraries as a whole."""

from __future__ import annotations

from collections import deque

import click

from autotrack.site import database
from domain import accounts
from domain.library.recount import Recounted, recount
from ports import clock


@click.group("library")
def library() -> None:
    """Recount what fans have watched."""


@library.command("recount")
@click.argument("handle", required=False)
def recount_verb(handle: str | None) -> None:
    """Derive progress, status and rewatches again from what was watched; of HANDLE, or of everybody.

    Changes nothing unless somebody wrote past the app. Each correction is a change in the fan's history.
    """
    with database() as connection:
        fan = accounts.find(connection, handle).id if handle else None
        found = next(iter(deque(recount(connection, clock.now(), fan), maxlen=1)), Recounted(0, 0))
    click.echo(f"{found.entries:,} entries recounted, {found.corrected:,} put right.")
