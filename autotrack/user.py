"""`autotrack user`: who is staff, help for those who cannot sign in, and the end of an account."""

from __future__ import annotations

from contextlib import closing

import click

from autotrack.site import database, ready
from domain import accounts, grants, two_step
from domain.accounts import Account
from domain.privacy import erasing, leaving
from domain.roles import ROLES
from ports import clock
from ports.database import connect
from ports.signing import open_keys

HANDLE = click.argument("handle")


@click.group("user")
def user() -> None:
    """Say who is staff, help those who cannot sign in, and erase accounts."""


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


@user.command("erase")
@HANDLE
@click.option("--keep-reviews", is_flag=True, help="Leave what they wrote in public, without their name.")
@click.option("--yes", is_flag=True, help="Do not ask for the handle once more.")
def erase_verb(handle: str, keep_reviews: bool, yes: bool) -> None:
    """Erase the account of HANDLE for ever, as its owner can under Settings, Your data.

    From now on it has no name and nobody is signed in. Rows, files, pages and the rest follow by `autotrack relay`
    and a worker; the receipt says when they are done.
    """
    with ready() as settings, closing(connect(settings.database_url)) as connection:
        account = accounts.find(connection, handle)
        if not yes and click.prompt(f"For ever. Type {account.handle} to be sure") != account.handle:
            raise click.Abort
        with connection.transaction():
            number = leaving.leave(connection, open_keys(settings), account, keep_reviews, clock.now())
    click.echo(f"It has no name any more; how far the rest is: {settings.site_url}/erased/{number}")


@user.command("erasures")
def erasures_verb() -> None:
    """Accounts that are being erased and could not go on, by number, with the reason."""
    with database() as connection:
        found, (many, seconds) = erasing.stuck(connection), erasing.waiting(connection, clock.now())
    for number, why, attempts in found:
        click.echo(f"{number:>6}  tried {attempts} times: {why}")
    click.echo(f"{many} under way, the first for {seconds:.0f} s." if many else "None is under way.")


def _line(account: Account) -> str:
    return f"{account.handle:<20}  {account.role:<9}  {'second step' if account.two_step else 'no second step yet'}"


def _article(role: str) -> str:
    return "an" if role[0] in "ae" else "a"
