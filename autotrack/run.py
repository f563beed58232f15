"""`autotrack run`: everything on this machine, on one port, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click

from autotrack import locks
from autotrack.address import address, note_of
from autotrack.embedded import Running, running
from autotrack.errors import AlreadyRunning, Failure, ServerFailed
from autotrack.keeper import die_with_parent
from autotrack.migrate import current, migrate
from autotrack.place import make_home
from autotrack.web import Web, reserve
from autotrack.workers import Workers
from domain.errors import DomainError
from ports.errors import PortError
from ports.settings import Settings, from_environment

LOOK = 0.5
"""Seconds between two looks at the servers."""


@click.command("run")
@click.option("--parent", type=int, hidden=True, help="End when this process, our parent, ends (make).")
def verb(parent: int | None) -> None:
    """Start everything on this machine and serve it.

    Starts PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL name real ones, brings the schema
    up to date, loads the sample catalogue if there is no anime yet, builds the site where none stands,
    and serves it on HOST and PORT (127.0.0.1 and 8000). What changed meanwhile, code included, is built
    beside it. Ctrl-C ends it; the data stays.
    """
    settings = from_environment()
    make_home(settings.home)
    _stop_on_signals(parent)
    with _only_copy(settings), suppress(KeyboardInterrupt):
        serve(settings, parent)
    say("Stopped. The data is kept.")


def serve(settings: Settings, parent: int | None = None) -> None:
    """Start, prepare, serve; returns never, ends by KeyboardInterrupt or a Failure."""
    with reserve(settings) as listener, running(settings, tell=say) as together:
        prepare(together.settings)
        web = Web(together.settings, listener)
        listener.close()
        workers = Workers(together.settings)
        try:
            web.wait_until_it_answers()
            say(f"\n  {settings.site_name} is at {address(settings)}   (Ctrl-C stops it)\n")
            say(f"  Metrics: {workers.metrics()}\n")
            watch(together, web, workers, parent)
        finally:
            # From here on a second Ctrl-C must not break the order: web server, Valkey, PostgreSQL.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            say("Stopping …")
            workers.stop()
            web.stop()


def prepare(settings: Settings) -> None:
    """Everything that must be there before the first page is served; each step does nothing when it is done."""
    from autotrack.catalogue import load_sample
    from autotrack.site import build_site
    from jobs.site import stands

    began, before = time.monotonic(), current(settings.database_url)
    migrate(settings.database_url)
    if before != (after := current(settings.database_url)):
        say(f"Schema brought to revision {after} ({time.monotonic() - began:.1f} s)")
    if load_sample(settings):
        say("Sample catalogue loaded")
    if stands(settings):
        say("The site stands; what changed since is built beside it")
        return
    try:
        failed = build_site(settings)
    except (DomainError, PortError) as error:
        say(f"The site is served as it was; it could not be built: {error}")
    else:
        if failed:
            say("Some pages are not up to date, for the reasons above; the others are served.")


def watch(together: Running, web: Web, workers: Workers, parent: int | None) -> None:
    """Start again what falls; ended by an interrupt, or when the web server falls, which nobody can replace."""
    while parent is None or os.getppid() == parent:  # where the kernel does not tell us, we look
        together.revive(say)
        workers.keep()
        if web.ended():
            raise ServerFailed(f"the web server has ended; see {web.log}")
        time.sleep(LOOK)


def say(line: str) -> None:
    """A line of progress, at once, also into a pipe."""
    click.echo(line)
    sys.stdout.flush()


@contextmanager
def _only_copy(settings: Settings) -> Iterator[None]:
    """Hold the home's run lock, with our address in it, and the one that pages name, for other commands to read."""
    file = note_of(settings)
    lock = locks.open_lock(file)
    if not locks.take(lock):
        os.close(lock)
        where = file.read_text().partition("\n")[0]
        raise AlreadyRunning(f"already running at {where or 'an address not known yet'}")
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{address(settings)}\n{settings.site_url}\n".encode(), 0)
        yield
    finally:
        locks.free(lock)


def _stop_on_signals(parent: int | None) -> None:
    """SIGTERM and SIGHUP stop as Ctrl-C does; so does the end of the parent, if we are told to follow it."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # nohup means what it says
            signal.signal(each, _interrupt)
    if parent is not None:
        die_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            raise Failure("the command that started this one has ended")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
