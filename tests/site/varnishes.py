"""A real Varnish with the configuration that is deployed, in front of an origin that counts what it is asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from werkzeug.serving import WSGIRequestHandler, make_server

from ports.cdn import open_cdn
from ports.settings import PROJECT
from tests.autotrack.command import free_port

VCL = PROJECT / "deploy/varnish/autotrack.vcl"
PATIENT = (".connect_timeout = 2s;", ".first_byte_timeout = 10s;", ".between_bytes_timeout = 10s;", ".timeout = 2s;")
Wsgi = Callable[[dict[str, Any], Any], Any]


class Origin:
    """A WSGI application, which may be changed, served and counted; `broken` answers 503, but to the probe."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.asked: Counter[str] = Counter()
        self.broken = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/robots.txt":  # also while a test makes its site, and the one before is gone
            start_response("200 OK", [("Content-Length", "0")])
            return [b""]
        self.asked[path] += 1
        if self.broken:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return self.app(environ, start_response)


@dataclass
class Front:
    """An origin and the Varnish in front of it; many tests may come one after the other."""

    origin: Origin
    port: int

    @property
    def url(self) -> str:
        return f"varnish://127.0.0.1:{self.port}"

    def begin(self, app: Wsgi) -> Front:
        """With another application, and as if nobody had ever asked for anything."""
        open_cdn(self.url, "http://anime.test").purge_everything()
        self.origin.app, self.origin.broken = app, False
        self.origin.asked.clear()
        return self


@contextmanager
def fronted(app: Wsgi) -> Iterator[Front]:
    """Until this ends."""
    origin = Origin(app)
    with served(origin) as port, varnish(port) as at:
        yield Front(origin, at)


@contextmanager
def served(app: Wsgi) -> Iterator[int]:
    """The port at which it is served until this ends."""

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            """Nobody wants to read it."""

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def varnish(origin: int, change: Callable[[str], str] = lambda vcl: vcl) -> Iterator[int]:
    """The port of a Varnish in front of the origin's; `change` is what a test does to the configuration."""
    program = shutil.which("varnishd") or shutil.which("varnishd", path="/usr/sbin")
    if program is None:
        pytest.skip("varnishd is not installed: apt install varnish")
    home, port = Path(tempfile.mkdtemp(prefix="varnish-", dir="/tmp")), free_port()
    home.chmod(0o755)
    vcl = home / "site.vcl"
    text = VCL.read_text().replace('.port = "8000"', f'.port = "{origin}"')
    for patient in PATIENT:  # an origin beside many tests is slow, and not sick
        assert text.count(patient) == 1, patient
        text = text.replace(patient, f"{patient.partition('=')[0]}= 60s;")
    vcl.write_text(change(text))
    command = [program, "-F", "-j", "none", "-n", str(home / "work"), "-a", f"127.0.0.1:{port}", "-f", str(vcl),
               "-s", "malloc,32m", "-p", "thread_pool_min=10", "-p", "ban_lurker_sleep=0.01", "-T", "none"]  # fmt: skip
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(port, process, home / "log")
        yield port
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it takes connections: the program of a configuration is compiled first."""
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    pytest.fail(f"varnishd does not start: {log.read_text()}")


class Visitor:
    """A reader who comes by way of one cache."""

    def __init__(self, port: int, host: str = "anime.test") -> None:
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", port, timeout=60, retries=False)
        self._host = host

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self._pool.request("GET", path, headers={"Host": self._host, **headers})
