"""`autotrack relay` and `autotrack worker`, and how `autotrack run` keeps both alive beside the web server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import FrameType

import click

from autotrack.address import as_last_run
from autotrack.embedded import servers
from autotrack.keeper import child_of
from autotrack.processes import end_child, free_port, undisturbed
from jobs.roster import QUEUES
from ports import log, metrics
from ports.settings import PROJECT, Settings, to_environment

STOP = 10.0
"""Seconds that a drain has to come to an end."""
BREATH = 1.0
"""Seconds until a process that ended is started again."""


@click.command("relay")
def relay_verb() -> None:
    """Turn changes of the database into work, and see that it is done.

    Looks at the change log all the time, marks the pages that a change reaches, wakes workers for what is due, and
    builds it itself where no worker does; mails what the app wants mailed. May run more than once. Ctrl-C or SIGTERM
    ends it.
    """
    from jobs.gauges import Gauges
    from jobs.mail import Postman
    from jobs.ticker import Ticker
    from jobs.world import World

    with servers(as_last_run()) as settings:
        log.configure(settings, "relay")
        metrics.serve(settings, Gauges(settings))
        ticker, postman = Ticker(World(settings, "relay")), Postman(settings)

        def stop(number: int, frame: FrameType | None) -> None:
            ticker.end()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        postman.start()
        ticker.run()
        postman.stop()
        ticker.world.close()


@click.command("worker")
@click.argument("queue", type=click.Choice(QUEUES))
def worker_verb(queue: str) -> None:
    """Do the jobs of QUEUE until Ctrl-C or SIGTERM, which let it finish the batch that it is at.

    More machines are more workers: each needs the same DATABASE_URL, REDIS_URL, BUCKET_URL, SITE_URL, CDN_URL.
    """
    from jobs.worker import Worker

    with servers(as_last_run()) as settings:
        log.configure(settings, f"worker {queue}")
        metrics.serve(settings)
        Worker(settings, queue).run()


@dataclass
class Child:
    """A verb of ours as a child of `run`; its words go to a file of its own."""

    settings: Settings
    name: str
    arguments: Sequence[str]
    metrics_port: int
    polite: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = -BREATH

    def start(self) -> None:
        self.started = time.monotonic()
        chosen = replace(self.settings, metrics_port=self.metrics_port)
        log_file = self.settings.home / f"{self.name}.log"
        log_file.touch(mode=0o600)  # where nobody else takes mail, letters stand in it, with their links
        with undisturbed(), log_file.open("ab") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autotrack", *self.arguments],
                cwd=PROJECT, env=to_environment(chosen), stdin=subprocess.DEVNULL, stdout=words, stderr=words,
                start_new_session=True, preexec_fn=child_of(os.getpid(), signal.SIGTERM),
            )  # fmt: skip
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, self.polite)

    def keep(self) -> None:
        """Start it if it has ended or never ran, but not more often than it can draw breath."""
        ended = self.process is None or self.process.poll() is not None
        if ended and time.monotonic() - self.started > BREATH:
            self.start()


class Workers:
    """The relay and one worker per queue; the bulk makes way for readers."""

    def __init__(self, settings: Settings) -> None:
        first = settings.metrics_port
        ports = [first + more if first else free_port() for more in range(1 + len(QUEUES))]
        self.children = [Child(settings, "relay", ["relay"], ports[0])]
        self.children += [
            Child(settings, f"worker-{queue}", ["worker", queue], port, polite=10 if queue == "bulk" else 0)
            for queue, port in zip(QUEUES, ports[1:], strict=True)
        ]

    def metrics(self) -> str:
        """Where each says how it does."""
        host = self.children[0].settings.metrics_host
        return "\n           ".join(
            f"http://{host}:{child.metrics_port}/metrics ({child.name})" for child in self.children
        )

    def keep(self) -> None:
        """Have them all run."""
        for child in self.children:
            child.keep()

    def stop(self) -> None:
        """Ask all at once, then wait for each: what is not built is built when they run again."""
        running = [child.process for child in self.children if child.process]
        for process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        for process in running:
            end_child(process, STOP)
