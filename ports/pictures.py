"""Pictures that strangers send: judged before they are unpacked, and drawn anew in a process that can take little."""

from __future__ import annotations

import subprocess
import sys
from threading import BoundedSemaphore

from ports.errors import Refused, Throttled, Unavailable
from ports.settings import PROJECT

LARGEST = 5_000_000
"""Bytes of a file."""
PATIENCE = 5.0
"""Seconds that a picture may take."""
NO_PICTURE = "is no JPEG, PNG or WebP that we can read"
_TURNS = BoundedSemaphore(2)
"""So many at once in one process of the web: each may take 400 MB of memory."""
SAID = 3
"""Exit code of a process that says what is wrong with the picture."""


def square(data: bytes) -> bytes:
    """A square WebP, made of the middle of a picture, without what else was in the file.

    Raises Refused with the reason, Unavailable where this machine cannot do it now.
    """
    if len(data) > LARGEST:
        raise Refused(f"must have at most {LARGEST // 1_000_000} MB")
    if not _TURNS.acquire(timeout=PATIENCE):
        raise Throttled("too many pictures are being drawn at once", PATIENCE)
    try:
        made = subprocess.run(
            [sys.executable, "-m", "ports.picture_process"],
            input=data, capture_output=True, timeout=PATIENCE, check=False, cwd=PROJECT, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Refused(NO_PICTURE) from error
    except OSError as error:
        raise Unavailable(f"pictures cannot be looked at on this machine: {error}") from error
    finally:
        _TURNS.release()
    if made.returncode == 0:
        return made.stdout
    raise Refused(made.stdout.decode(errors="replace") if made.returncode == SAID else NO_PICTURE)
