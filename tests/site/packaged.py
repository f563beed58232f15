"""The packaged sample, or the real catalogue, as a built site: in a temporary home with servers of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autotrack.catalogue import SAMPLE
from autotrack.embedded import servers
from autotrack.migrate import migrate
from autotrack.web import Web, reserve
from jobs.catalogue import import_files
from jobs.site import Build, build
from ports.database import connect
from ports.settings import PROJECT, Settings, from_environment
from tests.autotrack.command import free_port
from tests.memory import memory
from tests.site.published import AS_OF, AT, SITE_URL, Published

DATA = PROJECT.parent / "shared" / "data"
HOST = "127.0.0.1"


def sample_files() -> list[Path]:
    """The record files that the project brings along."""
    return sorted(SAMPLE.glob("*.jsonl"))


def catalogue_files() -> list[Path]:
    """The files of the real catalogue beside the project; raises SystemExit where they are not."""
    files = sorted([*DATA.glob("catalog/*.jsonl.gz"), *DATA.glob("streaming/*.jsonl.gz")])
    if not files:
        raise SystemExit(f"no real catalogue in {DATA}")
    return files


@contextmanager
def built(catalogue: bool = False, port: int | None = None) -> Iterator[Published]:
    """The site of the sample, or of the real catalogue, as tests build it; `port` of this machine is its address."""
    address = f"http://{HOST}:{port}" if port else SITE_URL
    with tempfile.TemporaryDirectory(prefix="autotrack-packaged-", dir=memory()) as home:
        os.chmod(home, 0o755)  # as root, PostgreSQL runs as somebody else
        chosen = from_environment({"AUTOTRACK_HOME": home, "SITE_URL": address})
        with servers(chosen, redis=False, durable=False) as settings:
            yield _filled(settings, catalogue_files() if catalogue else sample_files())


@contextmanager
def served() -> Iterator[Published]:
    """The site of the sample at an address of this machine, served as `make run` does."""
    port = free_port()
    with built(port=port) as site:
        settings = replace(site.settings, host=HOST, port=port)
        with reserve(settings) as listener:
            web = Web(settings, listener)
        try:
            web.wait_until_it_answers()
            yield site
        finally:
            web.stop()


def _filled(settings: Settings, files: list[Path]) -> Published:
    migrate(settings.database_url)
    with connect(settings.database_url) as connection:
        import_files(connection, files)
    report = build(Build(settings, AS_OF, AT, workers=2, yes=True))
    if report.failed:
        raise SystemExit(f"{len(report.failed)} pages failed, the first one {report.failed[0]}")
    return Published(settings, report)
