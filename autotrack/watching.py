"""Watching a build that others do: a line of progress, again and again, until nothing is left."""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import closing

import click
import orjson
import psycopg

from autotrack.errors import Failure
from domain import progress
from domain.progress import Progress
from jobs.roster import BULK_RENDER
from jobs.site import Build
from jobs.site import hand_out as mark_and_leave
from ports.database import connect
from ports.settings import Settings

EVERY = 1.0
"""Seconds between two looks."""
RECENT = 20
"""Looks over which the rate is taken."""
AGAIN = "\r\x1b[K"
"""Over the line that stands there."""
RELAY, BULK = "relay", BULK_RENDER.worker
MORE = "start `autotrack worker bulk` on any machine, as often as it has cores"


def hand_out(order: Build, quiet: bool) -> None:
    """Mark what is to be built, and watch how workers build it; raises Failure where nobody will, or pages failed."""
    planned = mark_and_leave(order)
    with closing(connect(order.settings.database_url)) as connection:
        there = progress.workers(connection)
        if planned.total and RELAY not in there:
            raise Failure(
                f"{planned.total:,} pages are marked and nobody builds them: start `autotrack relay`, and {MORE};"
                " then `autotrack site progress --watch`"
            )
        _watch(connection, as_json=False, quiet=quiet)


def tell(settings: Settings, again: bool, as_json: bool) -> None:
    """How things stand, once or again and again."""
    with closing(connect(settings.database_url)) as connection:
        if again:
            _watch(connection, as_json)
        else:
            click.echo(_json(progress.look(connection)) if as_json else "\n".join(_report(progress.look(connection))))


def _watch(connection: psycopg.Connection, as_json: bool, quiet: bool = False) -> None:
    """Until nothing of the bulk is left; Ctrl-C ends this and nothing else."""
    looks: deque[Progress] = deque(maxlen=RECENT)
    try:
        while True:
            looks.append(progress.look(connection))
            if not quiet:
                _show(looks, as_json)
            if looks[-1].brake:
                raise Failure(looks[-1].brake)
            if not looks[-1].left:
                break
            time.sleep(EVERY)
    except KeyboardInterrupt:
        click.echo("\nThe build goes on; `autotrack site progress --watch` watches it.", err=True)
        raise
    if looks[-1].failed or looks[-1].dead:
        raise Failure(
            f"{looks[-1].failed + looks[-1].dead:,} pages failed; `autotrack site plan` and `dead list` say more"
        )


def _show(looks: deque[Progress], as_json: bool) -> None:
    now, before = looks[-1], looks[-2] if len(looks) > 1 else None
    if as_json:
        click.echo(_json(now))
        return
    if now.left and (before is None or before.workers != now.workers):
        for line in _missing(now):
            click.echo(f"autotrack: {line}", err=True)
    seen = sys.stdout.isatty()
    click.echo((AGAIN if seen else "") + _line(looks), nl=not (seen and now.left))


def _line(looks: deque[Progress]) -> str:
    """`1,200 of 45,678 pages, 350 a second, 2 min left; 2 workers; 3 edits wait; 1 failed`."""
    now, first = looks[-1], looks[0]
    seconds = (now.at - first.at).total_seconds()
    rate = max(first.left - now.left, 0) / seconds if seconds > 0 else now.rate
    said = [f"{now.done:,} of {now.planned:,} pages"]
    if now.left:
        said[0] += f", {rate:,.0f} a second" + (f", {_span(now.left / rate)} left" if rate else "")
        said.append(f"{now.workers.get(BULK, 0)} workers")
    edits = sum(now.due["edits"].values())
    said += [
        f"{many:,} {what}" for many, what in ((edits, "for edits"), (now.failed, "failed"), (now.dead, "dead")) if many
    ]
    return "; ".join(said)


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _missing(now: Progress) -> list[str]:
    """Who is not there, and what to do."""
    if RELAY not in now.workers:
        return ["no relay is alive, so nobody is woken: start `autotrack relay`"]
    if BULK not in now.workers:
        return [f"no worker of the bulk is alive: {MORE}; until then the relay builds, slowly"]
    return []


def _report(now: Progress) -> list[str]:
    lines = [_line(deque([now]))]
    for lane, kinds in now.due.items():
        lines += [f"  {lane:<6} {kind:<20}{many:>9,}" for kind, many in kinds.items()]
    lines += [f"  {name:<27}{many:>9,}" for name, many in now.workers.items()]
    return [*([now.brake] if now.brake else []), *lines, *(_missing(now) if now.left else [])]


def _json(now: Progress) -> str:
    return orjson.dumps(now.plain()).decode()
