"""`autotrack dead`: what failed too often, to look at, to try again, or to let rest."""

from __future__ import annotations

from collections.abc import Sequence

import click
import psycopg

from autotrack.site import database
from domain import brake, dead_letter

ALL = "Every dead letter."
NAMES = click.argument("names", nargs=-1, metavar="NAME…")


@click.group("dead")
def dead() -> None:
    """Look at what failed too often, try it again, or let it rest."""


@dead.command("list")
def list_verb() -> None:
    """One line each, the newest first: when, what, how often, why."""
    with database() as connection:
        found, braked = dead_letter.listed(connection), brake.engaged(connection)
    if braked:
        click.echo(braked, err=True)
    for letter in found:
        click.echo(f"{letter.at:%Y-%m-%d %H:%M:%S}  {letter.name}  ({letter.attempts} times)  {letter.error}")
    if not found:
        click.echo("None.")


@dead.command("show")
@click.argument("name")
def show_verb(name: str) -> None:
    """All that is known of NAME, as `list` spells it."""
    with database() as connection:
        letter = dead_letter.find(connection, name)
    click.echo(f"{letter.name}\n  failed     {letter.attempts} times, last {letter.at:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"  because    {letter.error}")


@dead.command("retry")
@NAMES
@click.option("--all", "every", is_flag=True, help=ALL)
def retry_verb(names: Sequence[str], every: bool) -> None:
    """Try these again, at once."""
    with database() as connection:
        chosen = _chosen(connection, names, every)
        dead_letter.retry(connection, chosen)
    click.echo(f"{len(chosen)} to be tried again.")


@dead.command("drop")
@NAMES
@click.option("--all", "every", is_flag=True, help=ALL)
def drop_verb(names: Sequence[str], every: bool) -> None:
    """Let these rest until their facts or their code change; what stands there stays."""
    with database() as connection:
        chosen = _chosen(connection, names, every)
        dead_letter.drop(connection, chosen)
    click.echo(f"{len(chosen)} dropped.")


def _chosen(connection: psycopg.Connection, names: Sequence[str], every: bool) -> Sequence[str]:
    if bool(names) == every:
        raise click.UsageError("name them as `list` does (in quotes: they hold a blank), or say --all")
    return [letter.name for letter in dead_letter.listed(connection)] if every else names
