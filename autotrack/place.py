"""Where the embedded servers keep their data and programs, and as which user they run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from autotrack.errors import NotOurs, ServerFailed

ELSEWHERE = Path("/var/lib/autotrack")
"""Where root's data goes when the home lies where the servers' user cannot go (below a 0700 directory)."""
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The user that the servers run as, when that is not the one who starts them."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Programs:
    """Programs with the libraries that they find relative to themselves: `parts` below `base`, `main` among them."""

    base: Path
    parts: tuple[str, ...]
    main: str


@dataclass(frozen=True)
class Place:
    """A directory that the servers' account can reach; without account they run as the present user."""

    directory: Path
    account: Account | None

    def make(self, directory: Path) -> Path:
        """Make a directory which belongs to the one who starts the servers, and which their account may enter."""
        if not directory.is_dir():
            self.make(directory.parent)
            _make(directory, 0o711 if self.account else None)
        return directory

    def give(self, path: Path) -> Path:
        """Hand a file or directory over to the account."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def reachable(self, programs: Programs) -> Path:
        """Where the account can run these programs: their base, or that of a copy if it cannot go there."""
        main = programs.base / programs.main
        if reaches(self.account, main):
            return programs.base
        found = main.stat()  # in the name, so that an upgrade of the wheel makes a new copy
        copy = self.make(self.directory / "programs") / f"{main.name}-{found.st_size}-{found.st_mtime_ns}"
        if not copy.exists():
            unfinished = Path(f"{copy}.{os.getpid()}")
            for part in programs.parts:
                shutil.copytree(programs.base / part, unfinished / part, symlinks=True, dirs_exist_ok=True)
            _open_up(unfinished)
            unfinished.rename(copy)
        return copy

    def run(
        self, command: list[str], directory: Path, environment: dict[str, str], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the account and wait for it; the result carries its output."""
        return _run_as(self.account, command, directory, environment, given)


def find_place(home: Path) -> Place:
    """The home itself; for root below a closed directory, a place of its own in /var/lib."""
    make_home(home)
    candidates = (home / "servers", ELSEWHERE / hashlib.sha256(str(home).encode()).hexdigest()[:12])
    if os.geteuid() != 0:
        return Place(candidates[0], None)
    # What exists decides: neither a changed mode nor a new system user may make a database disappear.
    chosen = next((each for each in candidates if each.is_dir()), None)
    account = _account(chosen or home)
    return Place(chosen or candidates[0 if reaches(account, home) else 1], account)


def make_home(home: Path) -> None:
    """Make the home; root makes it enterable, whatever the umask says."""
    try:
        if not home.is_dir():
            home.parent.mkdir(parents=True, exist_ok=True)
            _make(home, 0o755)
    except OSError as error:
        raise NotOurs(f"{home} cannot be made a directory ({error.strerror}); set AUTOTRACK_HOME") from error


def _make(directory: Path, mode: int | None) -> None:
    """Make a directory in one step: verbs that start together find it as it shall be, or not at all."""
    parent = os.open(directory.parent, os.O_RDONLY)
    try:
        fcntl.flock(parent, fcntl.LOCK_EX)
        if not directory.is_dir():  # nobody was quicker
            _move_in(directory, mode)
    finally:
        os.close(parent)


def _move_in(directory: Path, mode: int | None) -> None:
    unfinished = directory.with_name(f".{directory.name}.{os.getpid()}")
    unfinished.mkdir(exist_ok=True)
    keep_owner(unfinished)
    if mode:
        unfinished.chmod(mode)  # whatever the umask says
    try:
        unfinished.rename(directory)
    except OSError:
        unfinished.rmdir()
        raise


def keep_owner(path: Path) -> None:
    """What root makes belongs to the owner of its directory: root may lend a hand in somebody's project."""
    if os.geteuid() == 0:
        parent = path.parent.stat()
        os.chown(path, parent.st_uid, parent.st_gid)


def reaches(account: Account | None, path: Path) -> bool:
    """Whether the account can enter or execute the path; asked of the system, which knows every rule."""
    if account is None:
        return True
    return _run_as(account, ["sh", "-c", 'test -x "$0"', str(path)], Path("/"), None, "").returncode == 0


def _account(directory: Path) -> Account:
    """For root: the owner of the data that is there already, else the first unprivileged user that exists."""
    existing = [path for path in (*sorted(directory.glob("*/data")), directory) if path.exists()]
    entries = [_user(existing[0].stat().st_uid), *map(_user, UNPRIVILEGED)]
    for entry in entries:
        if entry and entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ServerFailed("PostgreSQL does not run as root, and no user `postgres` or `nobody` exists; set DATABASE_URL")


def _user(who: int | str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(who)
    except KeyError:
        return None


def _run_as(
    account: Account | None, command: list[str], directory: Path, environment: dict[str, str] | None, given: str
) -> subprocess.CompletedProcess[str]:
    uid, gid = (account.uid, account.gid) if account else (None, None)
    groups: list[int] | None = [] if account else None
    try:
        return subprocess.run(
            command, check=False, capture_output=True, text=True, input=given,
            cwd=directory, env=environment, user=uid, group=gid, extra_groups=groups,
        )  # fmt: skip
    except (PermissionError, subprocess.SubprocessError) as error:
        name = account.name if account else "this user"
        raise ServerFailed(f"cannot run {command[0]} as {name} ({error}); set DATABASE_URL and REDIS_URL") from error


def _open_up(tree: Path) -> None:
    """Let everybody read a copy, and run what is a program, whatever the umask was when the original was made."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
