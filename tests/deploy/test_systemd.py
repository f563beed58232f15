"""The units of systemd start what there is, as somebody who may do little, and end it in time."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from autotrack.processes import wait_until
from autotrack.web import STOP as WEB_STOPS
from autotrack.workers import STOP
from jobs.roster import QUEUES
from ports.settings import PROJECT, from_environment

UNITS = PROJECT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
COMMON = UNITS / "autotrack-.service.d" / "common.conf"
INSTALLED = "/srv/autotrack/"


def test_every_service_belongs_to_the_target() -> None:
    for file in SERVICES:
        assert ("WantedBy", "autotrack.target") in settings(file)
    assert ("PartOf", "autotrack.target") in settings(COMMON)


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("instance", ["{}", "{}-2", "{}-a-b"])
def test_a_worker_serves_the_queue_that_its_instance_begins_with(queue: str, instance: str) -> None:
    line = dict(settings(UNITS / "autotrack-worker@.service"))["ExecStart"]
    _, option, script = shlex.split(line.replace("%%", "%").replace("$$", "$"))
    said = subprocess.run(
        ["/bin/sh", option, script.replace(f"exec {INSTALLED}.venv/bin/autotrack", "echo")],
        env={"INSTANCE": instance.format(queue)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == f"worker {queue}\n"


@pytest.mark.long
def test_the_web_server_of_the_unit_serves_says_when_it_is_ready_and_takes_new_code_in_between(
    tmp_path: Path, told: socket.socket
) -> None:
    unit = dict(settings(UNITS / "autotrack-web.service"))
    command = shlex.split(unit["ExecStart"].replace(INSTALLED, f"{PROJECT}/").replace("127.0.0.1:8000", "127.0.0.1:0"))
    environ = {"AUTOTRACK_HOME": str(tmp_path), "HOME": str(tmp_path), "NOTIFY_SOCKET": told.getsockname()}
    with subprocess.Popen(command, cwd=PROJECT, env=environ, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert told.recv(1000).startswith(b"READY=1")
            assert unit["ExecReload"] == "/bin/kill -HUP $MAINPID"
            assert wait_until(lambda: len(workers_of(server.pid)) == 2, 90)
            old = workers_of(server.pid)
            server.send_signal(signal.SIGHUP)
            assert wait_until(lambda: len(workers_of(server.pid) - old) == 2, 90)
            assert server.poll() is None
        finally:
            server.terminate()
        assert server.wait(WEB_STOPS) == 0


def test_what_is_to_end_has_the_time_that_a_drain_needs() -> None:
    common = dict(settings(COMMON))
    assert (float(common["TimeoutStopSec"]), common["KillMode"], common["Restart"]) == (STOP, "mixed", "always")


def test_the_services_may_do_little() -> None:
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet="} <= {
        f"{name}={value}" for name, value in settings(COMMON)
    }
    assert not any(name in ("User", "AmbientCapabilities") for file in SERVICES for name, _ in settings(file))


def test_the_example_of_an_environment_is_one_that_we_can_read() -> None:
    text = (UNITS / "environment.example").read_text()
    given = dict(word.split("=", 1) for word in shlex.split(text, comments=True))

    chosen = from_environment(given)

    assert chosen.site_url == given["SITE_URL"] and chosen.bucket_url == given["BUCKET_URL"]
    assert {given[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")} == {"KEY", "SECRET"}


# --- fixtures


def workers_of(pid: int) -> set[str]:
    """The children of a process."""
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def settings(file: Path) -> list[tuple[str, str]]:
    """Every setting of a unit, in order."""
    return re.findall(r"^([A-Za-z]+)=(.*)$", file.read_text(), re.MULTILINE)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[socket.socket]:
    """Where a service tells systemd how it is."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(90)
        yield told
