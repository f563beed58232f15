"""Measuring: wall time, CPU time and peak memory of a command together with the servers that work for it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.lookout import Lookout

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
LOOK = 0.25
"""Seconds between two looks at memory: each look itself takes CPU from what is measured."""
SETTLE = 0.3
"""Seconds until a server has reaped the backend of a command that has ended."""

Act = Callable[[], object]


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of wall and CPU (user and system), the servers' part in it, bytes at the peak."""

    wall: float
    cpu: float
    servers: float = 0.0
    peak: int = 0


def mean(costs: Sequence[Cost]) -> Cost:
    """The average time and the worst memory of several runs."""
    wall, cpu, servers = (
        sum(getattr(cost, name) for cost in costs) / len(costs) for name in ("wall", "cpu", "servers")
    )
    return Cost(wall, cpu, servers, max(cost.peak for cost in costs))


class Failed(Exception):
    """A measured command ended with an error; the message is what it said."""


def run(command: Sequence[str], env: Mapping[str, str], cwd: Path, servers: Sequence[int] = ()) -> Cost:
    """Run a command to its end; `servers` are the roots of process trees that work for it."""
    before, start = cpu_of(servers), time.perf_counter()
    with subprocess.Popen(
        command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        with Memory([process.pid, *servers]) as memory:
            said = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))}: {said.decode(errors='replace')[-2000:]}")
    time.sleep(SETTLE)
    served = cpu_of(servers) - before
    # Not ru_maxrss: a child begins with the memory of its parent, so that would be ours.
    return Cost(wall, usage.ru_utime + usage.ru_stime + served, served, memory.peak)


def call(action: Act, servers: Sequence[int] = ()) -> Cost:
    """The same for something that this process does itself; its memory is not looked at."""
    before, mine, start = cpu_of(servers), time.process_time(), time.perf_counter()
    action()
    wall, cpu = time.perf_counter() - start, time.process_time() - mine
    time.sleep(SETTLE)
    served = cpu_of(servers) - before
    return Cost(wall, cpu + served, served)


@dataclass
class Memory(Lookout):
    """Watches the memory of whole process trees: proportional shares, so that shared pages count once."""

    roots: Sequence[int]
    peak: int = 0

    every = LOOK

    def look(self) -> None:
        self.peak = max(self.peak, sum(map(_memory_of, family(self.roots))))


def cpu_of(roots: Iterable[int]) -> float:
    """CPU seconds that these process trees have taken until now, ended and reaped children included."""
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in family(roots)) / TICK


def family(roots: Iterable[int]) -> list[int]:
    """These processes and all below them."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, todo = list[int](), list(roots)
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from `state` on; empty where the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _memory_of(pid: int) -> int:
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
