"""`autotrack doctor`: look at every port and setting, and say in words what is wrong and what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial

import click
import orjson

from autotrack.address import as_last_run
from autotrack.checks import NOTE, OK, WRONG, Check, Finding, bucket, cdn, mail, place, postgresql, redis, work
from autotrack.embedded import servers
from autotrack.errors import Failure
from ports import secrets
from ports.asking import Answer, Panel
from ports.settings import Settings, secrets_of

CHECKS: Mapping[str, Check] = {
    "settings": place.check,
    "postgresql": postgresql.check,
    "redis": redis.check,
    "bucket": bucket.check,
    "uploads": bucket.check_uploads,
    "cdn": cdn.check,
    "mail": mail.check,
    "pages": work.check_pages,
    "workers": work.check_workers,
}
"""Name → what is asked; all at once, so that one that hangs takes no time from the others."""
SECONDS = 15.0
"""For all of them together."""
ADVICE = {
    "postgresql": "start it, or correct DATABASE_URL",
    "redis": "start it, or correct REDIS_URL; meanwhile the relay builds what is due itself",
    "cdn": "correct CDN_URL and CDN_TOKEN, or wait for it; readers may see old pages for up to a day",
    "mail": "correct MAIL_URL, or wait for the server; letters are kept meanwhile",
    "bucket": "correct BUCKET_URL and its keys, or wait for the store",
    "uploads": "correct UPLOADS_URL and its keys, or wait for the store",
}
"""What to do where a check itself could not be made."""
COLOURS = {OK: "green", NOTE: "yellow", WRONG: "red"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Say it for programs.")
def verb(as_json: bool) -> None:
    """Look at every port and setting, and say what is wrong and what to do.

    Ends with 0 where nothing is wrong, else with 1, after at most about 15 seconds.
    """
    with ExitStack() as stack:
        settings, findings = as_last_run(), list[Finding]()
        try:
            settings = stack.enter_context(servers(settings))
        except Failure as error:
            findings.append(Finding("servers", WRONG, str(error), "see the log of the server"))
        findings += examine(settings)
    sound = all(finding.state != WRONG for finding in findings)
    if as_json:
        said = {"sound": sound, "findings": [asdict(finding) for finding in findings]}
        click.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
    else:
        _tell(findings)
    sys.exit(0 if sound else 1)


def examine(settings: Settings, checks: Mapping[str, Check] = CHECKS, seconds: float = SECONDS) -> Iterator[Finding]:
    """What every check finds, in the order of the table, whatever becomes of the others."""
    secrets.keep(secrets_of(settings))
    questions = {name: partial(_all, check, settings) for name, check in checks.items()}
    for name, answer in Panel(questions, seconds).ask().items():
        for finding in _found(name, answer, seconds):
            yield replace(finding, said=secrets.hide(" ".join(finding.said.split())))


def _all(check: Check, settings: Settings) -> list[Finding]:
    return list(check(settings))


def _found(name: str, answer: Answer[list[Finding]], seconds: float) -> list[Finding]:
    if answer.value is not None:
        return answer.value
    said = str(answer.error) or type(answer.error).__name__ if answer.error else f"no answer within {seconds:g} s"
    return [Finding(name, WRONG, said, ADVICE.get(name, ""))]


def _tell(findings: Sequence[Finding]) -> None:
    for finding in findings:
        click.echo(f"  {click.style(f'{finding.state:<6}', COLOURS[finding.state])} {finding.name:<18} {finding.said}")
        if finding.state != OK and finding.do:
            click.echo(f"  {'':<25} → {finding.do}")
