"""Two machines' worth of workers build one site: all of them at once, each page once, while edits overtake."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest

from autotrack.embedded import running
from autotrack.migrate import migrate
from ports import clock
from ports.database import connect
from ports.settings import PROJECT, Settings, from_environment, to_environment
from tests.factories import edit, make_anime
from tests.site.crashing import eventually_clean
from tests.site.whole import WholeSite, differences

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
MANY = 300


def test_all_workers_build_at_once_each_page_once_and_an_edit_overtakes(farm: Farm) -> None:
    with ExitStack() as stack:
        stack.enter_context(farm.process("relay", "one"))
        stack.enter_context(farm.process("worker render", "one"))
        for machine in ("one", "two"):
            stack.enter_context(farm.process("worker bulk", machine))
        farm.until_there({"relay": 1, "worker render": 1, "worker bulk": 2})
        farm.until(lambda: farm.left() > MANY)  # the relay plans for itself
        watcher = farm.autotrack("site", "build", "--distributed")
        farm.until(lambda: farm.leases() > 1)
        edit(farm.connection, farm.last, title_english="Overtaken")
        farm.until(lambda: b"Overtaken" in farm.page(farm.slug))
        assert farm.left() > 0, "the bulk is not done yet"
        code, told, complaint = watcher.ends(300)
        assert code == 0, complaint
        assert "2 workers" in told
        assert eventually_clean(farm.settings, 180) == ""
    built = farm.verdicts("worker bulk")
    assert all(verdicts.total() > 0 for verdicts in built.values()), built
    pages = farm.connection.execute("SELECT count(*) FROM page").fetchone()
    assert pages is not None
    by_hand = farm.verdicts("worker render")["one"].total()
    assert 0 <= sum(built.values(), Counter[str]()).total() + by_hand - pages[0] <= by_hand
    assert farm.differences() == []


def test_who_is_killed_is_replaced_and_watching_may_end_and_begin_again(farm: Farm) -> None:
    code, _, complaint = farm.autotrack("site", "build", "--distributed").ends(180)
    assert code == 1 and "start `autotrack relay`" in complaint
    with ExitStack() as stack:
        stack.enter_context(farm.process("relay", "one"))
        killed = stack.enter_context(farm.process("worker bulk", "one"))
        farm.stop_at_work(killed)
        watcher = farm.autotrack("site", "build", "--distributed")
        farm.until(lambda: watcher.file("out").read_text() != "")
        killed.kill()
        watcher.interrupt()
        code, _, complaint = watcher.ends(120)
        assert code == 130 and "The build goes on" in complaint
        stack.enter_context(farm.process("worker bulk", "two"))
        stack.enter_context(farm.process("worker render", "two"))
        code, told, complaint = farm.autotrack("site", "progress", "--watch", "--json").ends(300)
        assert code == 0, complaint
        last = json.loads(told.splitlines()[-1])
        assert (last["left"], last["done"], last["dead"]) == (0, last["planned"], 0)
        assert last["workers"]["worker bulk"] == 1
        assert eventually_clean(farm.settings, 180) == ""
    assert farm.differences() == []


@dataclass
class Command:
    """A verb that runs by itself."""

    base: Path
    process: subprocess.Popen[bytes] | None = None

    def file(self, which: str) -> Path:
        return self.base.with_suffix(f".{which}")

    def ends(self, seconds: float) -> tuple[int, str, str]:
        """Exit code, what it said, and what it complained of."""
        assert self.process
        return self.process.wait(seconds), self.file("out").read_text(), self.file("err").read_text()

    def interrupt(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGINT)


@dataclass
class Farm:
    """Servers that several machines share, and a catalogue of which nothing is built."""

    settings: Settings
    connection: psycopg.Connection
    home: Path
    last: object = None
    slug: str = ""
    commands: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @contextmanager
    def process(self, verb: str, machine: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of ours on a machine: it shares the servers and the bucket with the others, and no directory."""
        log = self.home / f"{verb.replace(' ', '-')}-{machine}.log"
        settings = replace(self.settings, home=self.home / machine)
        settings.home.mkdir(exist_ok=True)
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "autotrack", *verb.split()],
                cwd=PROJECT, env=to_environment(settings), stdout=out, stderr=out,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(120)

    def autotrack(self, *arguments: str) -> Command:
        """A command beside all this; its words go to files."""
        command = Command(self.home / f"command-{time.monotonic_ns()}")
        with command.file("out").open("wb") as out, command.file("err").open("wb") as err:
            command.process = subprocess.Popen(
                [sys.executable, "-m", "autotrack", *arguments],
                cwd=PROJECT, env=to_environment(self.settings), stdout=out, stderr=err,
            )  # fmt: skip
        self.commands.append(command.process)
        return command

    def end(self) -> None:
        """End the commands that a failure has left."""
        for process in self.commands:
            process.kill()
            process.wait()

    def until(self, true: object, seconds: float = 180) -> None:
        end = time.monotonic() + seconds
        assert callable(true)
        while not true():
            assert time.monotonic() < end, [log.read_text()[-500:] for log in self.home.glob("*.log")]
            time.sleep(0.05)

    def stop_at_work(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it is in the midst of pages, and hold it there."""

        def stopped() -> bool:
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.1)  # what it has sent to PostgreSQL comes to its end
            if self.leases() > 0:
                return True
            process.send_signal(signal.SIGCONT)
            return False

        self.until(stopped)

    def until_there(self, workers: dict[str, int]) -> None:
        from domain import progress

        self.until(lambda: progress.workers(self.connection) == workers)

    def left(self) -> int:
        row = self.connection.execute("SELECT count(*) FROM page WHERE lane = 1 AND built < wanted").fetchone()
        return int(row[0]) if row else 0

    def leases(self) -> int:
        row = self.connection.execute(
            "SELECT count(DISTINCT lease) FROM page WHERE lane = 1 AND built < wanted AND leased_until > now()"
        ).fetchone()
        return int(row[0]) if row else 0

    def page(self, slug: str) -> bytes:
        found = WholeSite(self.connection, self.settings.database_url, self.home).bucket.get(f"anime/{slug}")
        return found.body if found else b""

    def verdicts(self, verb: str) -> dict[str, Counter[str]]:
        """What each machine's worker has said that it built."""
        found = {}
        for log in self.home.glob(f"{verb.replace(' ', '-')}-*.log"):
            text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text())
            pairs = re.findall(r"\b(publish|unchanged|fresh|gone|failed)\"?(?:=|: ?)(\d+)", text)
            found[log.stem.rpartition("-")[2]] = sum(
                (Counter({name: int(many)}) for name, many in pairs), Counter[str]()
            )
        return found

    def differences(self) -> object:
        site = WholeSite(self.connection, self.settings.database_url, self.home, as_of=clock.today(), skip=())
        site.settings = self.settings
        return differences(site.live(), site.clean())


@pytest.fixture
def farm() -> Iterator[Farm]:
    base = Path(tempfile.mkdtemp(prefix="autotrack-farm-"))
    base.chmod(0o755)
    chosen = from_environment({"AUTOTRACK_HOME": str(base), "SITE_URL": "https://anime.test"})
    with running(chosen) as together:
        settings = together.settings
        migrate(settings.database_url)
        with connect(settings.database_url) as connection:
            for number in range(MANY):
                last = make_anime(connection, f"title-number-{number}", popularity=2 * (MANY - number))
            farm = Farm(settings, connection, base, last, f"title-number-{MANY - 1}")
            try:
                yield farm
            finally:
                farm.end()
    shutil.rmtree(base, ignore_errors=True)
