"""The command line: the table of verbs, and how a failure looks to the one who typed it."""

from __future__ import annotations

import importlib
import signal
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NoReturn

import click

from autotrack.errors import Failure
from domain.errors import DomainError
from ports import secrets
from ports.errors import PortError
from ports.settings import from_environment, inherited

VERBS = {
    "run": ("autotrack.run:verb", "Start everything on this machine and serve it."),
    "migrate": ("autotrack.migrate:verb", "Bring the database's schema up to date."),
    "catalogue": ("autotrack.catalogue:catalogue", "Bring anime in, and look at what came."),
    "relay": ("autotrack.workers:relay_verb", "Turn changes into work, and see that it is done."),
    "worker": ("autotrack.workers:worker_verb", "Do the jobs of one queue."),
    "dead": ("autotrack.dead:dead", "Look at what failed too often, try it again."),
    "user": ("autotrack.user:user", "Say who is staff, help those who cannot sign in, erase accounts."),
    "library": ("autotrack.library:library", "Recount what fans have watched."),
    "review": ("autotrack.review:review", "Look at reviews that wait or were reported."),
    "doctor": ("autotrack.doctor:verb", "Say what is wrong, and what to do."),
    "restored": ("autotrack.restored:verb", "Say that the database was restored from a backup."),
    "site": ("autotrack.site:site", "Build the pages, and explain them."),
}
"""Name → where it is and one line of help. A verb is imported when it is called: most need little of the rest."""

EXPECTED = (Failure, PortError, DomainError)
"""What may go wrong without being a mistake of ours; the message is the whole story."""


class Verbs(click.Group):
    """A group that knows its verbs' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, attribute = VERBS[cmd_name][0].split(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an expected failure is one line and exit code 1, an interrupt one line and 130."""
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            _end(" ".join(str(error).split()), 1)
        except KeyboardInterrupt:
            _end("interrupted", 130)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **keywords: Any) -> Any:
        """Enter; from a shell, a mistake of ours is one line too, with its traceback in a file."""
        if args is None:
            sys.excepthook = _report
        return super().main(args, *rest, **keywords)


@click.group(
    cls=Verbs,
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="autotrack", message="autotrack %(version)s")
def main() -> None:
    """AutoTrack Anime: from a catalogue in PostgreSQL to a site of static pages.

    PostgreSQL and Valkey are started when DATABASE_URL and REDIS_URL name none. The data lives in
    AUTOTRACK_HOME (.autotrack in the project). `autotrack VERB --help` explains a verb.
    """


def _end(line: str, code: int) -> NoReturn:
    secrets.keep(secrets.found_in(inherited()))
    click.echo(f"autotrack: {secrets.hide(line)}", err=True)
    sys.exit(code)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        click.echo("autotrack: interrupted", err=True)
        # End as a process ends by Ctrl-C, so that a shell loop around it ends too.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    secrets.keep(secrets.found_in(inherited()))
    said = secrets.hide(" ".join(f"{kind.__name__}: {error}".split()))
    file = from_environment().home / "errors.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as log:
            log.write(secrets.nameless(secrets.hide("".join(traceback.format_exception(kind, error, trace)))))
        click.echo(f"autotrack: internal error: {said} (details in {file})", err=True)
    except OSError:
        click.echo(f"autotrack: internal error: {said}", err=True)
