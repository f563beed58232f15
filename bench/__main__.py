"""`python -m bench`: measure against peers and floors, print a table of ratios, write docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from bench import report
from bench.api import measure as api
from bench.changes import changes
from bench.course import Course
from bench.covers import rates
from bench.library import measure as library
from bench.measure import Failed
from bench.uploads import OBJECTS, upload
from bench.work import work
from ports.settings import PROJECT

NAMES = ("build", "import", "memory", "again", "uploads", "changes", "library", "api")


@click.command()
@click.option("--only", type=click.Choice(NAMES), multiple=True, help="Run this benchmark only; may be repeated.")
@click.option("--anime", type=click.IntRange(min=1), help="Take only so many anime: to try it out, not for figures.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The mean of so many counts.")
@click.option("--data", type=click.Path(path_type=Path), default=PROJECT.parent / "shared" / "data", help="The data.")
def main(only: Sequence[str], anime: int | None, rounds: int, data: Path) -> None:
    """Measure; a complete run on all data writes docs/benchmarks.md. Exit code 1 when something failed to run."""
    if not any(data.glob("catalog/catalog-2*.jsonl.gz")):
        raise click.ClickException("the benchmarks need the real catalogue in ../shared/data, which is not there")
    with work() as place:
        click.echo(f"Working on {place.kind}.")
        course = Course(place, data, rounds, anime)
        try:
            run(course, set(only or NAMES))
        except Failed as error:
            raise click.ClickException(str(error)) from error
        course.figures.pictures = rates()
        told = (report.table, report.costs, report.changes, report.library, report.pictures)
        click.echo("\n" + "\n\n".join(tell(course.figures) for tell in told))
        if not only and anime is None:
            click.echo(f"\nWritten: {report.write(course.figures, place, rounds).relative_to(PROJECT)}")


def run(course: Course, names: set[str]) -> None:
    """Measure what was asked for; memory is that of imports and builds."""
    if "uploads" in names:
        upload(course.figures, course.rounds, course.anime or OBJECTS)
    if "library" in names:
        library(course.figures, course.work, course.rounds)
    if "api" in names:
        api(course.figures, course.work, course.rounds)
    if not names - {"uploads", "library", "api"}:
        return
    course.prepare()
    if names & {"import", "memory"}:
        course.imports()
    else:
        course.load()
    if names - {"import", "changes", "library", "api", "uploads"}:
        course.builds(peers="build" in names, again=bool(names & {"again", "memory"}))
    if "changes" in names:
        changes(course)


if __name__ == "__main__":
    main(prog_name="python -m bench")
