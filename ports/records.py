"""Record files: JSON lines, or one JSON document with a list under "data"; plain, gzip or zstd, told by content.

RecordsError (a PortError)   the file as a whole cannot be read; names the file and the cause
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, Self

import ijson
import orjson

from ports.errors import PortError
from ports.unpacking import form_of, unpacked

CHUNK = 1 << 18
LONGEST = 16 << 20
"""Bytes that one record may have; what is longer is no record but a wrong file."""
HEAD = 1 << 20
BOM = b"\xef\xbb\xbf"


class RecordsError(PortError):
    """The file as a whole cannot be read."""


class Record(NamedTuple):
    """One record as JSON text; `position` is its line, or its number in the list of a one-document file."""

    position: int
    text: bytes


@dataclass
class RecordFile:
    """An open record file, to be closed; iterate once over its records. `done` of `size` bytes were read so far."""

    path: Path
    size: int
    preamble: dict[str, object] | None
    """What a document says of itself before its list; None for JSON lines."""
    done: int
    _chunks: Iterator[bytes]
    _file: IO[bytes]
    on_read: Callable[[int], object] = lambda size: None
    """Told of every piece that was read, for a progress bar."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Record]:
        return _lines(self) if self.preamble is None else _entries(self)

    def chunks(self) -> Iterator[bytes]:
        return self._chunks

    def fails(self, cause: str) -> RecordsError:
        return RecordsError(f"{self.path}: {cause}")


def open_records(path: Path) -> RecordFile:
    """Open a record file and look at its beginning; raise RecordsError for what is none."""
    if path.is_dir():
        raise RecordsError(f"{path}: is a directory, not a file")
    try:
        file = path.open("rb")
        size = path.stat().st_size
    except OSError as error:
        raise RecordsError(f"{path}: cannot be read: {error.strerror}") from error
    records = RecordFile(path, size, None, 0, iter(()), file)
    try:
        chunks = _plain(records)
        head = _head(chunks, records)
    except RecordsError:
        file.close()
        raise
    records.preamble = _preamble(head)
    records._chunks = _chain(head.removeprefix(BOM), chunks)
    return records


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _head(chunks: Iterator[bytes], records: RecordFile) -> bytes:
    """Enough of the text to tell its form: the first line, or the first MiB of it."""
    head = b""
    for chunk in chunks:
        head += chunk
        if b"\n" in head.lstrip() or len(head) > HEAD:
            break
    if not head.strip():
        raise records.fails("is empty")
    if b"\x00" in head[:4096]:
        raise records.fails("is not a text file")
    return head


def _preamble(head: bytes) -> dict[str, object] | None:
    """What a JSON object with a list under "data" says before it, as far as its beginning shows; None for any other."""
    if not head.removeprefix(BOM).lstrip().startswith(b"{"):
        return None
    events = ijson.sendable_list()
    parser = ijson.parse_coro(events)
    with suppress(ijson.JSONError):
        for start in range(0, len(head), 4096):
            parser.send(head.removeprefix(BOM)[start : start + 4096])
            if ("data", "start_array", None) in events or ("", "end_map", None) in events:
                break
    if ("data", "start_array", None) not in events:
        return None
    before = events[: events.index(("data", "start_array", None))]
    return {name: value for name, event, value in before if name and event in ("string", "number", "boolean")}


def _plain(records: RecordFile) -> Iterator[bytes]:
    """The file's text in chunks, unpacked where its first bytes say so."""
    raw = _raw(records)
    first = next(raw, b"")
    form, whole = form_of(first), _chain(first, raw)
    yield from unpacked(whole, form, records.fails) if form else whole


def _raw(records: RecordFile) -> Iterator[bytes]:
    try:
        while chunk := records._file.read(CHUNK):
            records.done += len(chunk)
            records.on_read(len(chunk))
            yield chunk
    except OSError as error:
        raise records.fails(f"cannot be read: {error.strerror}") from error


def _lines(records: RecordFile) -> Iterator[Record]:
    """Every line that is not blank, with its number from 1."""
    number, rest = 0, b""
    for chunk in records.chunks():
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        if len(rest) > LONGEST:
            raise records.fails(f"line {number + len(lines) + 1} is longer than {LONGEST >> 20} MiB")
        for line in lines:
            number += 1
            if line and not line.isspace():
                yield Record(number, line)
    if rest and not rest.isspace():
        yield Record(number + 1, rest)


class _Stream:
    """What ijson reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, size: int) -> bytes:
        # An empty answer means the end to ijson, so empty chunks are passed over.
        return next((chunk for chunk in self._chunks if chunk), b"") if size else b""


def _entries(records: RecordFile) -> Iterator[Record]:
    """Every entry of the list under "data", with its number from 1."""
    position = 0
    try:
        for position, entry in enumerate(ijson.items(_Stream(records.chunks()), "data.item", use_float=True), 1):
            yield Record(position, _text(entry))
    except ijson.JSONError as error:
        raise records.fails(f"is not a complete JSON document: {error} (after entry {position})") from error


def _text(entry: object) -> bytes:
    try:
        return orjson.dumps(entry)
    except TypeError:  # a number of more than 64 bits, or text that is not Unicode: let the reader refuse it
        return repr(entry).encode("utf-8", "backslashreplace")
