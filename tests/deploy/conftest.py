"""A site behind the edge that is tested: its bucket, and the Flask that readers meet without that edge."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from autotrack.processes import wait_until
from ports.bucket import Head
from ports.settings import PROJECT
from tests.site.conftest import everything as everything
from tests.site.conftest import new_site as new_site
from tests.site.published import HTML, Published, settings_for

FRESH = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
_BOUND = re.compile(r"http://127\.0\.0\.1:(\d+)")
PAGE = Head(HTML, FRESH, digest="ab12")


@pytest.fixture(scope="session")
def shown(everything: Published, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Everything that was built, in a bucket that tests may write to, and some things that a build seldom makes."""
    site = Published(settings_for("postgresql://nowhere", tmp_path_factory.mktemp("shown")))
    for path, stored in everything.objects.items():
        site.bucket.put(path[1:] or "index", stored.body, stored.head)
    moved = replace(PAGE, status=301, location="/anime/one-piece")
    site.bucket.put("anime/one-piece", b"<h1>One Piece</h1>", PAGE)
    site.bucket.put("anime/one-piece/episodes/2", b"<h1>Episodes</h1>", PAGE)
    site.bucket.put("anime/\u30a2", b"<h1>Kana</h1>", PAGE)
    site.bucket.put("anime/old", b"moved", moved)
    site.bucket.put("anime/piece", b"moved", moved)
    site.bucket.put("anime/moved-to-kana", b"moved", replace(moved, location="/anime/\u30a2"))
    site.bucket.put("anime/moved-home", b"moved", replace(moved, location="/"))
    site.bucket.put("anime/gone", b"<h1>Gone</h1>", replace(PAGE, status=410))
    site.bucket.put("plain.txt", b"no digest, no Cache-Control\n", Head("text/plain; charset=utf-8", ""))
    return site


@pytest.fixture(scope="module")
def flask(shown: Published) -> Iterator[int]:
    """The port of the app under gunicorn."""
    with served(shown) as (_, port):
        yield port


@contextmanager
def served(site: Published) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The app under gunicorn: the process and its port."""
    home = site.settings.home
    command = [sys.executable, "-m", "gunicorn", "-c", "python:autotrack.gunicorn_config", "--workers", "1",
               "--log-level", "info", "--bind", "127.0.0.1:0", "tests.deploy.app:app"]  # fmt: skip
    environ = {"BUCKET_URL": site.settings.bucket_url, "AUTOTRACK_HOME": str(home), "HOME": str(home)}
    log = home / "flask.log"  # a pipe that nobody reads would fill up with a line for each request
    with log.open("w") as told, subprocess.Popen(command, cwd=PROJECT, env=environ, stderr=told, text=True) as server:
        try:
            assert wait_until(lambda: _BOUND.search(log.read_text()) or server.poll() is not None, 90)
            seen = _BOUND.search(log.read_text())
            assert seen is not None, f"gunicorn did not start: {log.read_text()}"
            yield server, int(seen[1])
        finally:
            server.terminate()
