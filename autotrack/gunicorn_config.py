"""How gunicorn serves the app under `autotrack run`: few threads, no files of its own, no process left behind."""

from __future__ import annotations

import os
import signal

from gunicorn.config import Config
from gunicorn.glogging import Logger

from autotrack.keeper import child_of
from ports import log
from ports.settings import from_environment


class Lines(Logger):  # type: ignore[misc]
    """Gunicorn's own words look like ours; requests are logged by the app, which knows them better."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        log.configure(from_environment(), "web")
        self.error_log.handlers.clear()
        self.error_log.propagate = True


logger_class = Lines
wsgi_app = "dynamic.wsgi:app"
workers = 2
threads = 4
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
graceful_timeout = 3
timeout = 60
keepalive = 5
limit_request_line = 8190  # a page may ask for the states of a hundred anime
loglevel = "warning"
control_socket_disable = True

_master = os.getpid()


def post_fork(server: object, worker: object) -> None:
    """A worker never outlives its master, not even one that was killed."""
    child_of(_master, signal.SIGKILL)()
