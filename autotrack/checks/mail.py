"""Mail: somebody takes letters, none has waited for long, and links are signed by a key that all machines share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from autotrack.checks import NOTE, OK, Finding, judged
from domain import mails
from ports import clock
from ports.database import BRIEF, connect
from ports.mail import open_mail
from ports.settings import Settings

SLOW = 300.0
"""Seconds after which somebody who waits for a letter has gone."""


def check(settings: Settings) -> Iterator[Finding]:
    """Raises PortError where the mail server or PostgreSQL does not answer, or MAIL_URL names none."""
    yield Finding("mail", OK, open_mail(settings.mail_url).greet())
    with closing(connect(settings.database_url, BRIEF)) as connection:
        many, seconds = mails.waiting(connection, clock.now())
    yield judged(
        "letters", seconds < SLOW, f"{many:,} wait, none for long", f"{many:,} wait, the first for {seconds:.0f} s",
        "see what relay.log says of mail; one relay must run",
    )  # fmt: skip
    if not settings.secret_keys:
        yield Finding(
            "secret key", NOTE, "made by this machine, in secret-key of the home",
            "set SECRET_KEY where several machines answer or mail",
        )  # fmt: skip
