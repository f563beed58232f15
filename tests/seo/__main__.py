"""`python -m tests.seo`: build a site, judge every page of it, print the table; the exit code is 1 on a breach."""

from __future__ import annotations

import sys

import click

from tests.seo.survey import survey
from tests.seo.table import distances, judgements, lengths, table
from tests.site.packaged import built


@click.command()
@click.option("--catalogue", is_flag=True, help="Judge the real catalogue in ../shared/data instead of the sample.")
def main(catalogue: bool) -> None:
    """Build the packaged sample in a temporary home, and judge every page and the whole site."""
    with built(catalogue) as site:
        found = survey(site)
        judged = judgements(found)
    click.echo(f"{table(judged)}\n\n{distances(found)}\n{lengths(found)}")
    if broken := [one for one in judged if one.breaches]:
        many = sum(len(one.breaches) for one in broken)
        click.echo(f"{many:,} breaches of {len(broken)} rules, of {len(judged)} over {len(found.pages):,} pages.")
        sys.exit(1)
    click.echo(f"All {len(judged)} rules hold on {len(found.pages):,} pages.")


if __name__ == "__main__":
    main(prog_name="python -m tests.seo")
