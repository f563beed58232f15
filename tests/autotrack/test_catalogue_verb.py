"""`autotrack catalogue import` reports every record, writes the rejects, and fails in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from autotrack.catalogue import load_sample
from autotrack.cli import main
from ports.settings import from_environment
from tests.domain.feeds import offer, release, write


def test_an_import_reports_every_record_and_writes_the_rejects(runner: CliRunner, tmp_path: Path) -> None:
    files = [
        write(tmp_path / "release.jsonl", [release(1), release(2)]),
        write(tmp_path / "offers.jsonl", [offer(1), "nonsense", offer(7)]),
    ]
    rejects = tmp_path / "rejects.jsonl"
    done = runner.invoke(main, ["catalogue", "import", *map(str, files), "--rejects", str(rejects)])
    assert done.exit_code == 0, done.output
    assert "offers.jsonl   offers   " in done.output
    assert "  line 2: not JSON" in done.output
    (line,) = rejects.read_text().splitlines()
    assert json.loads(line) | {"reason": ""} == {
        "file": str(files[1]),
        "line": 2,
        "reason": "",
        "record": "nonsense",
    }


def test_rejects_never_go_into_a_file_to_import(runner: CliRunner, tmp_path: Path) -> None:
    path = write(tmp_path / "release.jsonl", [release(1), "nonsense"])
    before = path.read_bytes()
    done = runner.invoke(main, ["catalogue", "import", str(path), "--rejects", str(path)])
    assert (done.exit_code, path.read_bytes()) == (2, before)
    assert "is one of the files to import" in done.stderr


@pytest.mark.parametrize("path", ["/dev/full", "/proc/none"])
def test_rejects_that_cannot_be_written_are_told_of(runner: CliRunner, tmp_path: Path, path: str) -> None:
    given = write(tmp_path / "release.jsonl", [release(1), "nonsense"])
    done = runner.invoke(main, ["catalogue", "import", str(given), "--rejects", path])
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr and done.stderr.count("\n") == 1


def test_a_reject_that_json_cannot_write_again_is_written_as_text(runner: CliRunner, tmp_path: Path) -> None:
    deep = '{"type": 7, "sources": [], "x": ' + "[" * 300 + "]" * 300 + "}"
    path, rejects = write(tmp_path / "release.jsonl", [release(1), deep]), tmp_path / "rejects.jsonl"
    done = runner.invoke(main, ["catalogue", "import", str(path), "--rejects", str(rejects)])
    assert done.exit_code == 0, done.output
    assert json.loads(rejects.read_text())["record"] == deep


def test_a_quiet_import_prints_nothing(runner: CliRunner, tmp_path: Path) -> None:
    path = write(tmp_path / "release.jsonl", [release(1)])
    assert runner.invoke(main, ["catalogue", "import", "--quiet", str(path)]).output == ""


def test_strict_fails_in_one_line_with_exit_code_one(runner: CliRunner, tmp_path: Path) -> None:
    path = write(tmp_path / "release.jsonl", [release(1), "nonsense"])
    done = runner.invoke(main, ["catalogue", "import", "--strict", str(path)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"autotrack: {path}: line 2: not JSON")
    assert done.stderr.count("\n") == 1


def test_the_sample_is_loaded_into_an_empty_catalogue_only(
    runner: CliRunner,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(tmp_path / "catalog.jsonl", [release(1)])
    write(tmp_path / "streaming.jsonl", [offer(1, kind="rent")])
    monkeypatch.setattr("autotrack.catalogue.SAMPLE", tmp_path)
    settings = from_environment({"DATABASE_URL": database_url})
    assert load_sample(settings)
    assert not load_sample(settings)


@pytest.fixture
def runner(database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line over the test database."""
    settings = from_environment({"DATABASE_URL": database_url})
    monkeypatch.setattr("autotrack.catalogue.from_environment", lambda: settings)
    return CliRunner()
