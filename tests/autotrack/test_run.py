"""`autotrack run` from outside: ready soon, one copy, nothing left behind however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autotrack.embedded import servers
from ports.settings import PROJECT, Settings
from tests.autotrack.command import SOON, Site, autotrack, eventually, free_port, gone, living, start_run

pytestmark = pytest.mark.long


def test_it_says_where_it_is_and_goes_on_where_it_was(home: Path, settings: Settings) -> None:
    first = start_run(home)
    first.ready()
    assert not goes_on(first.said())
    assert first.end(signal.SIGINT) == 0
    assert gone(home, 0) == {}
    with servers(settings, redis=False) as real, psycopg.connect(real.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
    again = start_run(home)
    again.ready()
    assert goes_on(again.said())
    with servers(settings, redis=False) as real, psycopg.connect(real.database_url) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)
    assert again.end(signal.SIGTERM) == 0
    assert again.said().strip().endswith("Stopped. The data is kept.")


def test_a_second_copy_says_that_one_is_running(home: Path) -> None:
    first = start_run(home)
    first.ready()
    second = autotrack("run", home=home, PORT=str(free_port()))
    assert second.returncode == 1
    assert second.stderr == f"autotrack: already running at http://127.0.0.1:{first.port}\n"
    assert first.answers()
    first.end(signal.SIGINT)


def test_a_build_beside_it_or_after_it_names_the_same_address(home: Path) -> None:
    first = start_run(home)
    first.ready()
    assert autotrack("site", "build", "--skip", "pictures", home=home).stdout == "Site: nothing to do.\n"
    first.end(signal.SIGINT)
    assert autotrack("site", "build", "--skip", "pictures", home=home).stdout == "Site: nothing to do.\n"
    assert "about" in autotrack("site", "plan", home=home, SITE_URL="https://anime.example").stdout


def test_pictures_are_drawn_beside_the_running_site(home: Path) -> None:
    site = start_run(home)
    site.ready()
    picture = re.findall(r"/share/anime/[^\"]+\.jpg", site.get("/anime/cowboy-bebop").read().decode())[0]

    assert eventually(lambda: "immutable" in site.get(picture).headers["Cache-Control"], 120)

    assert site.end(signal.SIGINT) == 0
    assert gone(home, 0) == {}


def test_after_a_deploy_it_serves_at_once_and_rebuilds_beside(home: Path, settings: Settings) -> None:
    first = start_run(home)
    first.ready()
    first.end(signal.SIGINT)
    with servers(settings, redis=False) as real, psycopg.connect(real.database_url) as connection:
        connection.execute("UPDATE page SET recipe = 'older', artifact_hash = 'older' WHERE kind = 'anime'")

    again = start_run(home)
    again.ready()
    assert again.answers()
    with servers(settings, redis=False) as real, psycopg.connect(real.database_url, autocommit=True) as connection:
        older = "SELECT 1 FROM page WHERE recipe = 'older' LIMIT 1"
        assert eventually(lambda: connection.execute(older).fetchone() is None, 60)
    assert again.end(signal.SIGINT) == 0
    assert "is built beside it" in again.said()
    assert "published" not in again.said()


def test_a_taken_port_is_told_before_anything_starts(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        tried = autotrack("run", home=home, PORT=str(port))
    assert tried.returncode == 1
    assert tried.stderr.count("\n") == 1
    assert f"port {port}" in tried.stderr and "in use" in tried.stderr and f"PORT={port + 1}" in tried.stderr
    assert not (home / "servers").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_any_polite_signal_ends_everything_and_keeps_the_order(home: Path, how: signal.Signals) -> None:
    site = start_run(home)
    site.ready()
    assert site.end(how) == 0
    assert living(home) == {}
    assert "database system is shut down" in (home / "servers" / "postgres" / "log").read_text().splitlines()[-1]


def test_ctrl_c_before_it_is_ready_ends_it_as_cleanly(home: Path) -> None:
    site = start_run(home)
    assert eventually(lambda: "PostgreSQL ready" in site.said() or site.process.poll() is not None, 90)
    assert site.process.poll() is None
    assert site.end(signal.SIGINT) == 0
    assert gone(home) == {}  # a keeper that was just being born looks for its users every quarter of a second


def test_kill_9_leaves_nothing_behind(home: Path) -> None:
    site = start_run(home)
    site.ready()
    assert len(living(home)) >= 6
    site.end(signal.SIGKILL)
    assert gone(home) == {}
    again = start_run(home)
    again.ready()
    assert goes_on(again.said())
    again.end(signal.SIGINT)


def test_kill_9_of_make_leaves_nothing_behind(home: Path) -> None:
    # The Makefile's own line, without its check of the environment, which is not what is tested here.
    shell = f'exec "{sys.executable}" -m autotrack run --parent $$PPID'
    makefile = home.parent / "Makefile"
    makefile.write_text(f"run:\n\t@cd '{PROJECT}' && {shell}\n")
    assert "-m autotrack run --parent $$PPID" in (PROJECT / "Makefile").read_text()
    site = start_run(home, command=("make", "-f", str(makefile), "run"))
    site.ready()
    site.end(signal.SIGKILL)
    assert gone(home) == {}


def test_an_edit_is_live_by_itself_whoever_falls(home: Path, settings: Settings) -> None:
    site = start_run(home)
    site.ready()
    assert edited(site, settings, "first")
    examined = autotrack("doctor", home=home, PORT=str(site.port))
    assert examined.returncode == 0, examined.stdout
    assert eventually(lambda: 'autotrack_workers{queue="render"} 1.0' in told(site)[0])
    assert eventually(lambda: 'autotrack_change_to_live_seconds_count{type="anime"}' in "".join(told(site)))
    # a page is live before its job ends
    assert eventually(lambda: any(map(published, words(home / "worker-render.log"))))
    lines = {name: words(home / f"{name}.log") for name in ("relay", "worker-render", "worker-bulk", "web")}
    assert all({"time", "level", "process", "event"} <= line.keys() for said in lines.values() for line in said)
    assert any(line["event"] == "request" and line["status"] == 200 for line in lines["web"])

    for verb in ("worker render", "relay"):
        kill(next(pid for pid, command in living(home).items() if f"autotrack {verb}" in command))
        assert edited(site, settings, f"without its {verb}")
    for server, title in (("valkey", "Valkey"), ("postgres", "PostgreSQL")):
        kill(json.loads((home / "servers" / server / "keeper").read_text())["server"])
        assert eventually(lambda title=title: f"{title} had ended and was started again" in site.said(), 90)  # type: ignore[misc]
        assert edited(site, settings, f"after {server} fell")

    assert site.end(signal.SIGINT) == 0
    assert gone(home, 0) == {}


def test_a_fallen_web_server_ends_the_rest(home: Path) -> None:
    site = start_run(home)
    site.ready()
    masters = [
        pid for pid, command in living(home).items() if "gunicorn" in command and parent(pid) == site.process.pid
    ]
    os.kill(masters[0], signal.SIGKILL)
    assert site.process.wait(90) == 1
    assert "the web server has ended" in site.said()
    assert gone(home) == {}


def goes_on(said: str) -> bool:
    """Whether it was there soon, with all that was made the first time: how soon says more of the machine."""
    first = ("Schema brought", "Sample catalogue loaded", "Site: ")
    return "The site stands" in said and not any(words in said for words in first)


def words(log: Path) -> list[dict[str, Any]]:
    """What a process of ours has said, to the end of its last line."""
    return [json.loads(line) for line in log.read_text().splitlines(True) if line.endswith("\n")]


def published(line: dict[str, Any]) -> bool:
    """Whether a line tells of a job for edits that published something."""
    return line["event"] == "job" and line["queue"] == "render" and line["ms"] > 0 and "publish" in line["verdicts"]


def told(site: Site) -> list[str]:
    """What Prometheus is told by the relay and each worker."""
    addresses = re.findall(r"http\S+/metrics", site.said())
    assert len(addresses) == 3
    return [urllib.request.urlopen(address, timeout=SOON).read().decode() for address in addresses]


def edited(site: Site, settings: Settings, title: str) -> bool:
    """Give an anime a title, as anybody with a connection may; whether the page shows it by itself."""

    def written() -> bool:
        """A database that was started again a moment ago may not answer yet."""
        with suppress(psycopg.OperationalError), servers(settings, redis=False) as real:
            with psycopg.connect(real.database_url, autocommit=True) as connection:
                connection.execute("UPDATE anime SET title_english = %s WHERE slug = 'cowboy-bebop'", [title])
            return True
        return False

    assert eventually(written, 90)
    return eventually(lambda: title in site.get("/anime/cowboy-bebop").read().decode(), 90)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
