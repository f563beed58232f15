"""The command line: help that reads well, errors that are one line, exit codes that mean something."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from autotrack.cli import VERBS, main
from autotrack.errors import Failure
from domain.errors import NotFound
from ports.errors import Unavailable
from ports.settings import PROJECT
from tests.autotrack.command import autotrack


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    told = CliRunner().invoke(main, [verb, "--help"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith(f"Usage: main {verb}")
    commands = main.get_command(click.Context(main), verb)
    assert commands and commands.help


def test_the_front_page_lists_every_verb() -> None:
    told = CliRunner().invoke(main, ["--help"]).output
    assert all(f"  {name}" in told and line in told for name, (_, line) in VERBS.items())


@pytest.mark.parametrize("error", [Failure("no\nluck"), Unavailable("no luck"), NotFound("no luck")])
def test_an_expected_failure_is_one_line_and_exit_code_1(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(main, "get_command", lambda ctx, name: fail)
    told = CliRunner().invoke(main, ["fail"])
    assert (told.exit_code, told.stderr, told.stdout) == (1, "autotrack: no luck\n", "")


def test_an_interrupt_is_one_line_and_130(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "get_command", lambda ctx, name: stop)
    told = CliRunner().invoke(main, ["stop"])
    assert (told.exit_code, told.stderr) == (130, "autotrack: interrupted\n")


@pytest.mark.parametrize("arguments", [["sing"], ["run", "--loudly"], ["migrate", "a", "b"]])
def test_misuse_is_exit_code_2_and_points_to_the_help(arguments: list[str]) -> None:
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 2
    assert "Error: " in told.stderr and "--help" in told.stderr


def test_a_wrong_setting_is_one_line(home: Path) -> None:
    told = autotrack("run", home=home, PORT="eighty")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert told.stderr.startswith("autotrack: PORT is 'eighty'")


def test_a_mistake_of_ours_is_one_line_with_the_rest_in_a_file(home: Path) -> None:
    code = "import autotrack.run as r; r.make_home = lambda home: 1/0; from autotrack.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, "run"],
        cwd=PROJECT,
        env={"AUTOTRACK_HOME": str(home)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("autotrack: internal error: ZeroDivisionError: division by zero (details in ")
    assert "Traceback" in (home / "errors.log").read_text()


def test_no_secret_is_told_by_an_error_or_kept_with_its_traceback(home: Path) -> None:
    code = (
        "import autotrack.run as r, os\n"
        "def fail(home): raise {0}('no route to ' + os.environ['DATABASE_URL'] + ' ' + os.environ['CDN_TOKEN'])\n"
        "r.make_home = fail\nfrom autotrack.cli import main; main()"
    )
    chosen = {"DATABASE_URL": "postgresql://me:hunter2@db.example/x", "CDN_TOKEN": "hunter3-token"}
    for error in ("RuntimeError", "r.Failure"):
        told = subprocess.run(
            [sys.executable, "-c", code.format(error), "run"], cwd=PROJECT,
            env={"AUTOTRACK_HOME": str(home), **chosen}, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert told.returncode == 1
        assert "postgresql://me:***@db.example/x ***" in told.stderr and "hunter" not in told.stderr

    assert "Traceback" in (home / "errors.log").read_text()
    assert "hunter" not in (home / "errors.log").read_text()


def test_the_command_line_starts_at_once() -> None:
    code = (
        "import autotrack.cli, sys; print(*[m for m in ('sqlalchemy','flask','boto3','alembic') if m in sys.modules])"
    )
    before = os.times()
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False, capture_output=True, text=True)
    after = os.times()
    assert told.stdout.strip() == ""
    # of the processor: who else is at work on this machine is not our doing
    assert after.children_user + after.children_system - before.children_user - before.children_system < 2


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.startswith("autotrack 0.")
