"""Pictures drawn beside the running site: one process that builds what the first page did not wait for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

from autotrack.keeper import child_of
from autotrack.processes import end_child
from ports.settings import PROJECT, Settings, to_environment

POLITE = 10
"""Readers come first."""
STOP = 5.0


class Drawing:
    """The child; it ends by itself when everything is drawn."""

    def __init__(self, settings: Settings) -> None:
        self.log = settings.home / "pictures.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autotrack", "site", "build", "--only", "pictures", "--workers", "1"],
                cwd=PROJECT, env=to_environment(settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=child_of(os.getpid(), signal.SIGTERM),
            )  # fmt: skip
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, POLITE)

    def stop(self) -> None:
        """End it: what is not drawn is drawn when the site runs again."""
        end_child(self.process, STOP)
