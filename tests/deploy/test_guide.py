"""docs/deployment.md names commands, files, units and settings that there are."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner

from autotrack.cli import main
from jobs.roster import QUEUES
from ports.settings import PROJECT
from sitegen.page import FRESH

GUIDE = (PROJECT / "docs" / "deployment.md").read_text()
COMMANDS = sorted(set(re.findall(r"^    (autotrack [a-z].*)$", GUIDE, re.M)))


def test_the_guide_has_commands() -> None:
    assert {"autotrack migrate", "autotrack site build", "autotrack restored"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists_with_its_options(command: str) -> None:
    words = shlex.split(command)[1:]
    verb = [word for word in words if re.fullmatch("[a-z]+", word)]

    said = CliRunner().invoke(main, [*verb, "--help"])

    assert said.exit_code == 0 and said.output.startswith(f"Usage: main {' '.join(verb)} ")
    assert all(word in said.output for word in words if word.startswith("--"))


def test_every_file_exists() -> None:
    named = set(re.findall(r"(?:/srv/autotrack/|`)((?:deploy|sample|docs)/[\w./@-]+)", GUIDE))
    named |= {f"docs/{link}" for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", GUIDE)}

    assert {"deploy/edge", "deploy/nginx/autotrack.conf", "deploy/systemd/environment.example"} <= named
    assert [name for name in named if not list(PROJECT.glob(f"{name.removeprefix('docs/../')}*"))] == []


def test_every_unit_exists() -> None:
    for name in re.findall(r"autotrack-(?:web|relay|worker@\S*?)\b", GUIDE):
        unit, at, instance = name.partition("@")
        assert (PROJECT / "deploy" / "systemd" / f"{unit}{at}.service").exists(), name
        assert not instance or instance.partition("-")[0] in QUEUES


def test_what_pages_carry_is_what_the_guide_says_they_carry() -> None:
    assert f"`{FRESH}`" in GUIDE
    assert "s-maxage" not in FRESH and "must-revalidate" not in FRESH
