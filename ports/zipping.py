"""Zips that are made while they are sent: nothing of them is kept, however large they become."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

ENOUGH = 64 * 1024
"""Bytes that are worth being sent."""


class _Outlet(io.RawIOBase):
    """Holds what was written until it is taken; cannot be wound back, so that the zip does without."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._written.append(bytes(data))
        self._size += len(data)
        return len(data)

    def taken(self, least: int) -> Sequence[bytes]:
        """What was written since, once it is so much; else nothing."""
        if self._size < max(least, 1):
            return ()
        found, self._written, self._size = b"".join(self._written), [], 0
        return (found,)


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], at: datetime) -> Iterator[bytes]:
    """The bytes of a zip of these files, each a name and the pieces of its content, all dated `at`."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield from outlet.taken(ENOUGH)
    yield from outlet.taken(1)
