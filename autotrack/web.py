"""The web server of `autotrack run`: gunicorn as a child, on a port that is reserved before anything else starts."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from autotrack.errors import ServerFailed
from autotrack.keeper import child_of
from autotrack.processes import end_child, wait_until
from ports.settings import PROJECT, Settings, to_environment

START, STOP = 60.0, 8.0


def reserve(settings: Settings) -> socket.socket:
    """Take the address, without listening yet: a taken port is known before the first server starts."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except socket.gaierror as error:
        raise ServerFailed(f"HOST is {settings.host!r}, which is no address of this machine") from error
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        free = f"choose another one, such as PORT={settings.port + 1}"
        raise ServerFailed(f"port {settings.port} of {settings.host}: {why}; {free}") from error
    return listener


class Web:
    """A running gunicorn."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self.settings = settings
        self.log = settings.home / "web.log"
        command = [sys.executable, "-m", "gunicorn", "-c", "python:autotrack.gunicorn_config"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--bind", f"fd://{listener.fileno()}"],
                cwd=PROJECT, env=to_environment(settings), pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=child_of(os.getpid(), signal.SIGQUIT),
            )  # fmt: skip

    def wait_until_it_answers(self) -> None:
        """Return once a request gets an answer, whatever it says."""
        wait_until(lambda: self.ended() or self._answers(), START)
        if self.ended():
            raise ServerFailed(f"the web server does not start: {_last_line(self.log)} (see {self.log})")

    def ended(self) -> bool:
        """Whether the server is gone."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """Let requests finish, for a few seconds."""
        end_child(self.process, STOP)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.settings.host, self.settings.port, timeout=10)
        with suppress(OSError, http.client.HTTPException):
            connection.request("HEAD", "/")
            return bool(connection.getresponse().status)
        return False


def _last_line(file: Path) -> str:
    lines = [line for line in file.read_text(errors="replace").splitlines() if line.strip()]
    if not lines:
        return "it said nothing"
    with suppress(ValueError, TypeError, KeyError):  # a line of the log, or what was said before there was one
        return str(json.loads(lines[-1])["event"])
    return lines[-1].strip()
