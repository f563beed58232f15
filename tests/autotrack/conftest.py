"""Homes for the tests of the front door: temporary, reachable for the servers' user, and checked for leftovers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ports.settings import Settings, from_environment
from tests.autotrack.command import end_all, gone


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a space in its path, in which nothing may be left running."""
    base = Path(tempfile.mkdtemp(prefix="autotrack-test "))
    base.chmod(0o755)
    try:
        yield base / "home"
        left = gone(base)
    finally:
        end_all(base)
        shutil.rmtree(base, ignore_errors=True)
    assert left == {}


@pytest.fixture
def settings(home: Path) -> Settings:
    """Settings of that home with both servers embedded."""
    return from_environment({"AUTOTRACK_HOME": str(home)})
