"""How gunicorn serves the app under `autotrack run`: few threads, no files of its own, no process left behind."""

import os
import signal

from autotrack.keeper import child_of

wsgi_app = "dynamic.wsgi:app"
workers = 2
threads = 4
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
graceful_timeout = 3
timeout = 60
keepalive = 5
loglevel = "warning"
control_socket_disable = True

_master = os.getpid()


def post_fork(server: object, worker: object) -> None:
    """A worker never outlives its master, not even one that was killed."""
    child_of(_master, signal.SIGKILL)()
