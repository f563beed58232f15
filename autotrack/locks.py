"""File locks that the kernel takes back when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autotrack.errors import NotOurs
from autotrack.place import keep_owner


def open_lock(path: Path, flags: int = 0) -> int:
    """Open (and make) a file to lock or to write to."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, 0o600)
    except PermissionError as error:
        raise NotOurs(f"{path} belongs to another user; work as that user, or set AUTOTRACK_HOME") from error
    keep_owner(path)
    return descriptor


def share(descriptor: int) -> None:
    """Lock together with others; waits for somebody who holds it alone."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def take(descriptor: int) -> bool:
    """Lock alone, without waiting; False when anybody else holds the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free(descriptor: int) -> None:
    """Give the lock back; by name, because a forked child may keep the descriptor open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def held(path: Path) -> bool:
    """Whether a living process holds the lock alone."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time inside; the others wait."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        free(descriptor)
