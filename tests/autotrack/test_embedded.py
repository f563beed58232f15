"""The embedded servers: shared, private, durable, and gone when nobody needs them."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from autotrack import embedded
from autotrack.embedded import running, servers
from autotrack.errors import ServerFailed
from ports.settings import Settings
from tests.autotrack.command import free_port, gone, living, python

HOLD = """
import time
from pathlib import Path
from autotrack.embedded import servers
from ports.settings import from_environment
with servers(from_environment(), redis={redis}) as settings:
    print(settings.database_url, settings.redis_url)
    while not Path({until!r}).exists():
        time.sleep(0.05)
"""


def hold(home: Path, *, redis: bool = False) -> Popen[str]:
    """A process that uses the servers until it is killed or `over` says that it may end."""
    return python(HOLD.format(redis=redis, until=str(over(home))), home=home)


def over(home: Path) -> Path:
    return home.parent / "over"


def said(process: Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def state(home: Path, server: str = "postgres") -> dict[str, int]:
    return dict(json.loads((home / "servers" / server / "keeper").read_text()))


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def test_a_verb_starts_the_servers_and_the_last_one_stops_them(settings: Settings, home: Path) -> None:
    with servers(settings, durable=False) as real:
        assert ask(real.database_url, "SELECT current_database()") == "autotrack"
        assert valkey_says(real.redis_url, "PING") == "+PONG"
    assert living(home) == {}


def test_settings_that_name_real_servers_pass_through(settings: Settings, home: Path) -> None:
    named = replace(settings, database_url="postgresql://elsewhere/db", redis_url="rediss://elsewhere")
    with servers(named) as real:
        assert real == named
    assert not home.exists()


def test_a_verb_that_needs_only_postgresql_starts_only_that(settings: Settings, home: Path) -> None:
    with servers(settings, redis=False, durable=False) as real:
        assert real.redis_url == "embedded:"
        assert not (home / "servers" / "valkey").exists()


def test_the_second_joins_the_first_and_may_stay_longer(settings: Settings, home: Path) -> None:
    first = servers(settings, redis=False, durable=False)
    second = servers(settings, redis=False)
    one = first.__enter__()
    other = second.__enter__()
    assert one == other
    first.__exit__(None, None, None)
    assert ask(other.database_url, "SELECT 1") == 1
    second.__exit__(None, None, None)
    assert living(home) == {}


@pytest.mark.long
def test_verbs_that_start_together_share_one_server(home: Path) -> None:
    verbs = [hold(home) for _ in range(4)]
    addresses = {said(verb) for verb in verbs}
    assert len(addresses) == 1 and "postgresql://" in addresses.pop()
    over(home).touch()
    assert [verb.wait(90) for verb in verbs] == [0, 0, 0, 0]
    close(*verbs)
    assert gone(home) == {}


def test_nobody_enters_without_the_password(settings: Settings, home: Path) -> None:
    with servers(settings, durable=False) as real:
        head, tail = real.database_url.split("@")
        with pytest.raises(psycopg.OperationalError, match=r"authentication failed|no password"):
            psycopg.connect(f"postgresql://autotrack:guess@{tail}")
        assert valkey_says("redis://:@" + real.redis_url.split("@")[1], "PING").startswith("-")
        passwords = {head.rsplit(":", 1)[1], real.redis_url.split(":")[2].split("@")[0]}
        assert not any(word in command for word in passwords for command in living(home).values())
    assert {(home / "servers" / each / "password").stat().st_mode & 0o777 for each in ("postgres", "valkey")} == {0o600}


def test_durability_is_on_unless_a_unit_test_asks(settings: Settings, home: Path) -> None:
    asked = (
        "SELECT current_setting('fsync')||current_setting('synchronous_commit')||current_setting('full_page_writes')"
    )
    with servers(settings) as real:
        assert ask(real.database_url, asked) == "ononon"
        assert valkey_says(real.redis_url, "CONFIG GET appendonly", 5).endswith("yes")
    with servers(settings, durable=False) as real:
        assert ask(real.database_url, asked) == "offoffoff"


def test_text_is_utf8_and_knows_letters_of_any_script(settings: Settings, home: Path) -> None:
    with servers(settings, redis=False, durable=False) as real:
        assert ask(real.database_url, "SELECT lower('ÀÉŌ')") == "àéō"
        assert ask(real.database_url, "SELECT pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "UTF8"


def test_a_killed_verb_leaves_no_server(home: Path) -> None:
    verb = hold(home, redis=True)
    assert "redis://" in said(verb)
    verb.kill()
    verb.wait()
    close(verb)
    assert gone(home) == {}


def test_a_killed_keeper_takes_its_server_along_and_the_next_verb_starts(settings: Settings, home: Path) -> None:
    with running(settings, redis=False) as together:
        ask(together.settings.database_url, "CREATE TABLE kept AS SELECT 1 AS x")
        os.kill(state(home)["keeper"], signal.SIGKILL)
        assert gone(home) == {}
        told: list[str] = []
        together.revive(told.append)
        assert told[0].startswith("PostgreSQL had ended and was started again")
        assert ask(together.settings.database_url, "SELECT x FROM kept") == 1
    with servers(settings, redis=False) as real:
        assert ask(real.database_url, "SELECT x FROM kept") == 1


@pytest.mark.long
def test_what_is_committed_survives_killing_everything_at_once(settings: Settings, home: Path) -> None:
    verb = hold(home, redis=True)
    url, redis = said(verb).split()
    ask(url, "CREATE TABLE kept (x int)")
    for number in range(50):
        ask(url, f"INSERT INTO kept VALUES ({number}) ")
    assert valkey_says(redis, "SET kept 1") == "+OK"
    states = [state(home, "postgres"), state(home, "valkey")]
    for pid in [verb.pid, *(each[role] for role in ("keeper", "server") for each in states)]:
        os.kill(pid, signal.SIGKILL)
    verb.wait()
    close(verb)
    assert gone(home) == {}  # who was killed may serve for a moment more
    with servers(settings) as real:
        assert ask(real.database_url, "SELECT count(*) FROM kept") == 50
        assert valkey_says(real.redis_url, "GET kept", 2).endswith("1")


@pytest.mark.parametrize("pid", ["zombie", "stranger", "rubbish"])
def test_a_stale_pid_file_stops_nobody(settings: Settings, home: Path, pid: str) -> None:
    with servers(settings, redis=False, durable=False):
        pass
    zombie = os.fork()
    if zombie == 0:
        os._exit(0)
    written = {"zombie": zombie, "stranger": os.getpid(), "rubbish": "?"}[pid]
    (home / "servers" / "postgres" / "data" / "postmaster.pid").write_text(f"{written}\n/data\n0\n1\n\n\n\nready\n")
    with servers(settings, redis=False, durable=False) as real:
        assert ask(real.database_url, "SELECT 1") == 1
    os.waitpid(zombie, 0)


@pytest.mark.long
def test_a_server_without_keeper_is_ended_before_the_next_starts(settings: Settings, home: Path) -> None:
    """Where the kernel cannot tie a server to its keeper, one may be left."""
    with servers(settings, redis=False, durable=False):
        pass
    left = python("import time; print('left'); time.sleep(60)  # " + str(home / "servers" / "postgres"), home=home)
    assert said(left) == "left\n"
    file = home / "servers" / "postgres" / "keeper"
    file.write_text(json.dumps({"keeper": 1, "server": left.pid, "port": 1}))
    with servers(settings, redis=False, durable=False) as real:
        assert ask(real.database_url, "SELECT 1") == 1
        assert left.wait(30) != 0
    close(left)


@pytest.mark.long
def test_a_first_start_that_was_killed_is_made_again(settings: Settings, home: Path) -> None:
    half = home / "servers" / "postgres" / "data.new"
    half.mkdir(parents=True)
    for directory in (home, home / "servers", half.parent):
        directory.chmod(0o755)
    (half / "PG_VERSION").write_text("18\n")
    with servers(settings, redis=False, durable=False) as real:
        assert ask(real.database_url, "SELECT 1") == 1


@pytest.mark.long
def test_a_port_taken_in_between_is_not_the_end(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = itertools.chain([taken.getsockname()[1]], iter(free_port, None))
        monkeypatch.setattr(embedded, "free_port", lambda: next(ports))
        with servers(settings, redis=False, durable=False) as real:
            assert ask(real.database_url, "SELECT 1") == 1


@pytest.mark.long
def test_a_home_deep_in_the_tree_is_no_problem(settings: Settings, home: Path) -> None:
    deep = home / ("d" * 120) / ("e" * 120)
    deep.mkdir(parents=True)
    for directory in (home, deep.parent, deep):
        directory.chmod(0o755)
    with servers(replace(settings, home=deep), durable=False) as real:
        assert ask(real.database_url, "SELECT 1") == 1


@pytest.mark.long
def test_a_broken_cluster_is_one_clear_line(settings: Settings, home: Path) -> None:
    with servers(settings, redis=False, durable=False):
        pass
    (home / "servers" / "postgres" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(ServerFailed, match=r"PostgreSQL does not start: .*pg_control.*log"), servers(settings):
        pass


def test_programs_that_are_not_there_are_named(settings: Settings, home: Path) -> None:
    with pytest.raises(ServerFailed, match="PG_BIN is /nowhere"), servers(replace(settings, pg_bin=Path("/nowhere"))):
        pass


def valkey_says(url: str, command: str, lines: int = 1) -> str:
    password, address = url.removeprefix("redis://:").split("@")
    port = int(address.split(":")[1].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        answers = connection.makefile("rb")
        if password:
            connection.sendall(f"AUTH {password}\r\n".encode())
            answers.readline()
        connection.sendall(f"{command}\r\n".encode())
        heard = [answers.readline().decode().strip() for _ in range(lines)]
        answers.close()
    return " ".join(heard)


def close(*processes: Popen[str]) -> None:
    for process in processes:
        assert process.stdout
        process.stdout.close()
