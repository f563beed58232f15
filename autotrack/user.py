"""`autotrack user`: who is staff, and help for those who cannot sign in."""

from __future__ import annotations

import click

from autotrack.site import database
from domain import accounts, grants, two_step
from domain.accounts import Account
from domain.roles import ROLES

HANDLE = click.argument("handle")


@click.group("user")
def user() -> None:
    """Say who is staff, and help those who cannot sign in."""


@user.command("grant")
@HANDLE
@click.argument("role", type=click.Choice(ROLES))
def grant_verb(handle: str, role: str) -> None:
    """Give HANDLE a role; `fan` takes every other away.

    Signs them out everywhere: what they may do changes at the next sign-in. Staff are then asked for a second step
    (a code from an app), which they set up there and then.
    """
    with database() as connection, connection.transaction():
        account = grants.grant(connection, handle, role)
    click.echo(f"{account.handle} is {_article(role)} {role} now, and signed out everywhere.")


@user.command("list")
def list_verb() -> None:
    """All who have a role, one line each."""
    with database() as connection:
        found = grants.staff(connection)
    for account in found:
        click.echo(_line(account))
    if not found:
        click.echo("Nobody; `autotrack user grant HANDLE admin` makes the first.")


@user.command("show")
@HANDLE
def show_verb(handle: str) -> None:
    """What is known of HANDLE."""
    with database() as connection:
        account = accounts.find(connection, handle)
    click.echo(_line(account))
    click.echo(f"  joined     {account.created_at:%Y-%m-%d}")
    click.echo(f"  address    {'confirmed' if account.verified else 'not confirmed'}")


@user.command("reset-second-step")
@HANDLE
def reset_verb(handle: str) -> None:
    """Let HANDLE, who has lost the app with the codes, sign in with the password alone; staff set up a new one."""
    with database() as connection, connection.transaction():
        account = accounts.find(connection, handle)
        two_step.end(connection, account.id)
    click.echo(f"{account.handle} is asked for no code any more.")


def _line(account: Account) -> str:
    return f"{account.handle:<20}  {account.role:<9}  {'second step' if account.two_step else 'no second step yet'}"


def _article(role: str) -> str:
    return "an" if role[0] in "ae" else "a"
