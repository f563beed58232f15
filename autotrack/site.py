"""`autotrack site`: build the pages, say what would be built, and explain a page."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime

import click
import psycopg

from autotrack import watching
from autotrack.address import as_last_run
from autotrack.embedded import servers
from autotrack.migrate import migrate
from jobs.plan import Plan
from jobs.purge import purge_all
from jobs.site import Build, Heard, Report, build, dry_plan, kinds, pictures
from ports import clock, log
from ports.settings import Settings

AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The date that the pages speak of; today in Japan unless given.",
)


YEARS = range(1950, 2101)
"""The years that pages can speak of."""
PURGING = 40.0
"""Seconds to wait at the end for the CDN, twice for each address; the rest is left to a relay, or to the next build."""
TOLD = {
    "publish": "published",
    "unchanged": "unchanged",
    "fresh": "fresh",
    "gone": "without a page",
    "failed": "failed",
}


@click.group()
def site() -> None:
    """Build the pages, say what would be built, and explain a page."""


@site.command("build")
@click.option(
    "--only",
    "only",
    multiple=True,
    metavar="TYPE",
    help="Build this type of page only, or `pictures`; may be repeated.",
)
@click.option(
    "--skip",
    "skip",
    multiple=True,
    metavar="TYPE",
    help="Leave this type of page, or `pictures`, for later; may be repeated.",
)
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Build this page, by key or path; may be repeated.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that render.")
@click.option("--distributed", is_flag=True, help="Leave it to the workers of all machines, and watch.")
@click.option("--clean", is_flag=True, help="Render and upload every page anew.")
@click.option("--yes", is_flag=True, help="Build even if that removes more than a fifth of the live pages.")
@click.option("--quiet", is_flag=True, help="Say nothing unless a page fails.")
@AS_OF
def build_verb(
    only: Sequence[str],
    skip: Sequence[str],
    keys: Sequence[str],
    workers: int,
    distributed: bool,
    clean: bool,
    yes: bool,
    quiet: bool,
    as_of: datetime | None,
) -> None:
    """Bring the bucket to what the database says: only what changed is rendered, only what differs is uploaded."""
    only, skip = _kinds("--only", only), _kinds("--skip", skip)
    if distributed and (only or skip or keys or as_of):
        raise click.UsageError("workers build everything, as of today: --distributed goes with --clean and --yes only")
    with ready() as settings:
        if distributed:
            watching.hand_out(Build(settings, clock.today(), clock.now(), clean=clean, yes=yes), quiet)
            return
        order = Build(settings, _day(as_of), clock.now(), workers, only, skip, keys, clean, yes)
        with _progress(quiet) as heard:
            report = build(order, heard)
        left = purge_all(settings, PURGING)
    _tell(report, quiet)
    if left:
        click.echo(f"Addresses still to be purged from the CDN: {left:,}; `autotrack relay` goes on with it.", err=True)
    if report.failed:
        sys.exit(1)


@site.command("progress")
@click.option("--watch", is_flag=True, help="Go on until nothing of the bulk is left; Ctrl-C ends the watching only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, a line each time.")
def progress_verb(watch: bool, as_json: bool) -> None:
    """Say how far the build is, who works at it, and what failed: from PostgreSQL alone, on any machine."""
    with ready() as settings:
        watching.tell(settings, watch, as_json)


@site.command("plan")
@click.option("--clean", is_flag=True, help="Plan a build of every page.")
@AS_OF
def plan_verb(clean: bool, as_of: datetime | None) -> None:
    """Say what `build` would build and why, without doing it."""
    with ready() as settings:
        planned = dry_plan(Build(settings, _day(as_of), clock.now(), clean=clean))
    click.echo("\n".join(_reasons(planned)) or "Nothing to do.")
    for kind, many in planned.due.items():
        click.echo(f"  {kind:<16}{many:>9,}")


@site.command("explain")
@click.argument("key")
def explain_verb(key: str) -> None:
    """Say what a page was built from, what would touch it, and what became of it. KEY is a page key or a path."""
    from jobs.explain import explain

    with database() as connection:
        for line in explain(connection, key):
            click.echo(line)


@site.command("impact")
@click.argument("table", required=False)
@click.argument("row", required=False)
@click.option("--set", "values", multiple=True, metavar="COLUMN=VALUE", help="What the edit writes; may be repeated.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Instead of an edit: who reads TAG; may be repeated.")
@click.option("--sql", "text", metavar="STATEMENT", help="Any other edit: an offer that comes, a row that goes.")
@click.option("--all", "every", is_flag=True, help="Name every page, also those that would stay as they are.")
def impact_verb(
    table: str | None, row: str | None, values: Sequence[str], tags: Sequence[str], text: str | None, every: bool
) -> None:
    """Say which pages an edit would change, without making it.

    `site impact anime cowboy-bebop --set synopsis="Space." --set synopsis_source=here` makes that edit in a
    transaction, builds the pages that it reaches, compares, and rolls all of it back. TABLE is anime, studio, genre or
    platform, ROW a slug or an id; a column without a value is emptied. `--sql "DELETE FROM offer WHERE …"` asks the
    same of any other edit.
    """
    from autotrack.impact import foresee, foresee_statement, reached

    if [bool(tags), bool(text), bool(table and row and values)].count(True) != 1 or (table and not values):
        raise click.UsageError("name a TABLE, a ROW and what to --set; or a --tag; or a statement by --sql")
    with ready() as settings:
        if text:
            lines = foresee_statement(settings, text, every)
        else:
            lines = reached(settings, tags) if tags else foresee(settings, table or "", row or "", values, every)
        click.echo("\n".join(lines))


def build_site(settings: Settings) -> int:
    """Build what is due, but for pictures, and say so on the terminal; the exit code is 1 when a page failed."""
    with _progress(False) as heard:
        report = build(Build(settings, clock.today(), clock.now(), workers=2, skip=pictures()), heard)
    _tell(report, False)
    return 1 if report.failed else 0


@contextmanager
def ready() -> Iterator[Settings]:
    """Settings of a database whose schema is the one that this code knows."""
    with servers(as_last_run(), redis=False) as settings:
        log.configure(settings, "verb")
        migrate(settings.database_url)
        yield settings


@contextmanager
def database() -> Iterator[psycopg.Connection]:
    """A connection to that database."""
    from ports.database import connect

    with ready() as settings, closing(connect(settings.database_url)) as connection:
        yield connection


def _kinds(option: str, named: Sequence[str]) -> list[str]:
    """The page types that an option names; `pictures` are all that are drawn after the pages."""
    groups = {"pictures": pictures(), **{kind: [kind] for kind in kinds()}}
    for name in named:
        if name not in groups:
            raise click.BadParameter(f"{name!r} is no page type; known: {', '.join(groups)}", param_hint=option)
    return [kind for name in named for kind in groups[name]]


def _day(as_of: datetime | None) -> date:
    if as_of and as_of.year not in YEARS:
        raise click.BadParameter(f"{as_of:%Y-%m-%d} is not in {YEARS[0]}–{YEARS[-1]}", param_hint="--as-of")
    return as_of.date() if as_of else clock.today()


@contextmanager
def _progress(quiet: bool) -> Iterator[Heard]:
    """A bar of pages, pages a second and time left, where somebody looks at it."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, due: None
        return
    from tqdm import tqdm

    with tqdm(unit=" pages", leave=False, dynamic_ncols=True) as bar:

        def heard(done: int, due: int) -> None:
            bar.total = max(due, done)
            bar.update(done - bar.n)

        yield heard


def _reasons(planned: Plan) -> list[str]:
    outdated = [f"{many:,} {kind}" for kind, many in planned.outdated.items()]
    lines = {
        "pages that an earlier build left": planned.left,
        "changes in the catalogue": planned.changes,
        "pages new to the site": planned.new,
        "pages that speak of an earlier day": planned.expired,
        "pages that the bucket does not hold": planned.lost,
    }
    texts = [f"{many:,} {what}" for what, many in lines.items() if many]
    return texts + ([f"pages made by an older recipe: {', '.join(outdated)}"] if outdated else [])


def _tell(report: Report, quiet: bool) -> None:
    for key, cause in report.failed:
        click.echo(f"autotrack: {key} failed: {cause}", err=True)
    if not quiet:
        counts = {verdict: many for verdict, many in sorted(report.verdicts.items()) if many}
        told = ", ".join(f"{many:,} {TOLD[verdict]}" for verdict, many in counts.items()) or "nothing to do"
        removed = f"; {report.removed:,} removed" if report.removed else ""
        click.echo(f"Site: {told}{removed}.")
