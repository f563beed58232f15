"""A file system in memory for what tests write and forget, where there is one with room enough."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PLACE = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes: what several sites and their databases take; in a container there are 64 MB, or what others have left."""


def memory() -> Path | None:
    """Where it is; None where tests have to write to the disk."""
    return PLACE if os.access(PLACE, os.W_OK) and shutil.disk_usage(PLACE).free > ROOM else None
