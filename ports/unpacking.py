"""Packed files, unpacked as they are read: gzip and zstd, of one member or several."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import zstandard

STEP = {"gzip": 16 << 10, "zstd": 512}
"""Packed bytes that are unpacked at once: what comes of them is at most 16 MiB, however hostile they are."""
MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


class _Unpacker(Protocol):
    """What zlib and zstandard share: a decompressor of one member that knows when it is complete."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def form_of(first: bytes) -> str | None:
    """How a file that begins like this is packed, if it is."""
    return next((form for form, magic in MAGIC.items() if first.startswith(magic)), None)


def unpacked(raw: Iterable[bytes], form: str, fails: Callable[[str], Exception]) -> Iterator[bytes]:
    """Member after member; raises what `fails` makes of the cause where one is damaged or does not end."""
    unpacker = _unpacker(form)
    for data in _steps(raw, STEP[form]):
        while data:
            if unpacker.eof:
                data = data.lstrip(b"\x00")  # gzip files may be padded with zeros
                if not data:
                    break
                unpacker = _unpacker(form)
            try:
                yield unpacker.decompress(data)
            except (zlib.error, zstandard.ZstdError) as error:
                raise fails(f"is a damaged {form} file: {error}") from error
            data = unpacker.unused_data if unpacker.eof else b""
    if not unpacker.eof:
        raise fails(f"is a truncated {form} file: it ends in the middle")


def _steps(raw: Iterable[bytes], size: int) -> Iterator[bytes]:
    for chunk in raw:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]


def _unpacker(form: str) -> _Unpacker:
    if form == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    return zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
