"""`autotrack review`: which reviews wait or were reported, and what becomes of them."""

from __future__ import annotations

import click

from autotrack.site import database
from domain import staff
from domain.reviews import moderation
from domain.reviews.moderation import Case
from ports import clock

NUMBER = click.argument("number", type=click.IntRange(min=1))
REASON = click.option("--reason", default="", help="Kept beside the act, for those who ask later.")
WORDS = 400
"""Characters of a review that a list shows."""


@click.group("review")
def review() -> None:
    """Look at reviews that wait or were reported."""


@review.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_verb(limit: int) -> None:
    """Reviews that wait for approval, and those that were reported: the most reported first, then the oldest."""
    with database() as connection:
        found = moderation.cases(connection, limit)
    for case in found:
        click.echo(_told(case))
    if not found:
        click.echo("No review waits, and none is reported.")


@review.command("approve")
@NUMBER
@REASON
def approve_verb(number: int, reason: str) -> None:
    """Show review NUMBER; what was reported of it is settled."""
    _decide(number, "approve", reason)


@review.command("hide")
@NUMBER
@REASON
def hide_verb(number: int, reason: str) -> None:
    """Show review NUMBER to nobody but its writer; what was reported of it is settled."""
    _decide(number, "hide", reason)


@review.command("history")
@NUMBER
def history_verb(number: int) -> None:
    """What staff did to review NUMBER, oldest first."""
    with database() as connection:
        acts = staff.acts_on(connection, f"review:{number}")
    for act in acts:
        states = f"{act.before.get('state')} → {act.after.get('state')}"
        click.echo(f"{act.at:%Y-%m-%d %H:%M}  {act.role:<9}  {act.verb:<8}  {states}  {act.reason}".rstrip())
    if not acts:
        click.echo(f"Nobody has done anything to review {number}.")


def _decide(number: int, verb: str, reason: str) -> None:
    with database() as connection, connection.transaction():
        before = moderation.decide(connection, number, verb, staff.Actor(), clock.now(), reason)
    click.echo(f"Review {number} is {moderation.STATES[verb]} now; it was {before}.")


def _told(case: Case) -> str:
    """Two lines: what it is, and what it says, without what could move a terminal's cursor."""
    reported = f", reported {case.reports}× ({', '.join(case.reasons)})" if case.reports else ""
    spoiler = ", tells what happens" if case.spoiler else ""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in case.body).split())
    said = words if len(words) <= WORDS else f"{words[:WORDS]}…"
    who = f"@{case.handle}" if case.handle else "a former member"
    return f"{case.id:>6}  {case.state}  {who} on {case.slug}{spoiler}{reported}\n        {said}"
