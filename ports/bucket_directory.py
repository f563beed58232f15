"""The bucket in a local directory: one file per object, its head in the first line."""

from __future__ import annotations

import fcntl
import itertools
import math
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn
from urllib.parse import unquote

import msgspec

from ports.bucket import ANYTHING, HASTE, Head, Object, Standing, checked, is_key
from ports.bucket_names import LOCK, TEMPORARY, is_hashed, key_at, name, place
from ports.errors import Misconfigured, Overtaken, Refused, Unavailable

_HTML = "text/html; charset=utf-8"
_ABANDONED_SECONDS = 3600.0
_LINE_LIMIT = 16_384
PATIENCE, _STEP = 10.0, 0.005
"""Seconds to wait for who replaces something in the same directory, and between two looks."""
_IN_THE_WAY = (IsADirectoryError, NotADirectoryError, FileExistsError)
_NOTHING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class _Line(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """The first line of a file: its head as far as it differs from a plain page's, and what makes it checkable."""

    size: int
    type: str = _HTML
    cache: str = ""
    status: int = 200
    location: str | None = None
    digest: str = ""
    version: int = 0
    key: str | None = None  # only where the file's name is a hash


_encode_line = msgspec.json.Encoder().encode
_decode_line = msgspec.json.Decoder(_Line).decode


def open_directory(url: str) -> DirectoryBucket:
    """`file:/path` or `file:///path`; spaces may stand as they are, %XX is decoded."""
    path = unquote(url.partition(":")[2])
    if path.startswith("//"):
        host, slash, rest = path[2:].partition("/")
        if host not in ("", "localhost"):
            raise Misconfigured(f"BUCKET_URL is {url!r}; a file: address has no host, write file:/path/to/bucket")
        path = slash + rest
    if not os.path.isabs(path) or "\0" in path:
        raise Misconfigured(
            f"BUCKET_URL is {url!r}; it must be an absolute path such as file:/var/lib/autotrack/bucket"
        )
    return DirectoryBucket(os.path.normpath(path))


class DirectoryBucket:
    """Objects as files; safe for any number of threads and processes at once."""

    parallel = 1

    def __init__(self, path: str) -> None:
        self._path = path
        self._made: set[str] = set()
        # Unique over machines that share the directory, and with the pid over forks of this process.
        self._token = secrets.token_hex(6)
        self._count = itertools.count()
        self._end = math.inf

    def put(self, key: str, body: bytes, head: Head, over: str | None = ANYTHING) -> str:
        directory, file = place(checked(key))
        named = key if is_hashed(directory, file) else None
        line = _Line(
            len(body), head.content_type, head.cache_control, head.status, head.location, head.digest, head.version,
            named,
        )  # fmt: skip
        try:
            self._write(key, f"{self._path}/{directory}", file, b"%b\n%b" % (_encode_line(line), body), over)
            return _tag(head)
        except OSError as error:
            if isinstance(error, _IN_THE_WAY) and os.path.isdir(self._path):
                raise Refused(f"something else stands at {self._file(key)}; remove it") from error
            self._fail("written", error)

    def get(self, key: str) -> Object | None:
        content = self._read(key, -1)
        if content is None:
            return None
        line, _, body = content[0].partition(b"\n")
        head = _parse(line, content[1])
        return None if head is None else Object(head, body)

    def look(self, key: str) -> Standing | None:
        content = self._read(key, _LINE_LIMIT)
        head = None if content is None else _parse(content[0].partition(b"\n")[0], content[1])
        return None if head is None else Standing(head, _tag(head))

    def delete(self, keys: Iterable[str]) -> None:
        for key in filter(is_key, keys):
            try:
                with self._alone(os.path.dirname(self._file(key))):
                    os.unlink(self._file(key))
            except _NOTHING:
                pass
            except OSError as error:
                self._fail("written", error)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """As the protocol says; also removes what writers that died left behind an hour ago or earlier."""
        first, slash, _ = prefix.partition("/")
        try:
            directories = [name(first)] if slash else self._list(self._path)
            found = sorted(key for directory in directories for key in self._keys_in(directory))
        except OSError as error:
            self._fail("read", error)
        return (key for key in found if key.startswith(prefix))

    def tags(self) -> Iterator[tuple[str, str]]:
        for key in self.keys():
            if there := self.look(key):
                yield key, there.tag

    def hasten(self) -> None:
        self._end = time.monotonic() + HASTE

    def _write(self, key: str, directory: str, file: str, content: bytes, over: str | None) -> None:
        temporary = f"{directory}/{TEMPORARY}{self._token}-{os.getpid()}-{next(self._count)}"
        descriptor = self._create(directory, temporary)
        try:
            try:
                written = os.write(descriptor, content)
                while written < len(content):  # a full disk or a signal may cut a write short
                    written += os.write(descriptor, memoryview(content)[written:])
            finally:
                os.close(descriptor)
            self._place(key, directory, temporary, f"{directory}/{file}", over)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _place(self, key: str, directory: str, temporary: str, file: str, over: str | None) -> None:
        """Let a written file stand where it belongs, if what stands there is what it is to replace."""
        if over == ANYTHING:
            os.replace(temporary, file)
            return
        if over is None:
            with suppress(FileExistsError):  # the usual case, without a lock
                os.link(temporary, file)
                os.unlink(temporary)
                return
        with self._alone(directory):
            there = self.look(key)
            if (there and there.tag) != over:
                raise Overtaken(f"{key} was replaced meanwhile")
            os.replace(temporary, file)

    @contextmanager
    def _alone(self, directory: str) -> Iterator[None]:
        """Nobody else, in any process or thread, replaces by tag or deletes in this directory meanwhile."""
        with open(f"{directory}/{LOCK}", "wb", buffering=0) as lock:
            self._wait_for(lock.fileno(), directory)
            yield

    def _wait_for(self, lock: int, directory: str) -> None:
        """Whoever was stopped with the lock in his hand stops nobody else for ever."""
        end = min(time.monotonic() + PATIENCE, self._end)
        while True:
            with suppress(BlockingIOError):
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.monotonic() > end:
                raise Unavailable(
                    f"another process has held {directory}/{LOCK} (BUCKET_URL) for more than {PATIENCE:.0f} s"
                )
            time.sleep(_STEP)

    def _create(self, directory: str, temporary: str) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        if directory in self._made:
            with suppress(FileNotFoundError):  # someone emptied the bucket meanwhile
                return os.open(temporary, flags, 0o644)
        os.makedirs(directory, exist_ok=True)
        self._made.add(directory)
        return os.open(temporary, flags, 0o644)

    def _read(self, key: str, limit: int) -> tuple[bytes, int] | None:
        """The file's first bytes and its whole size; None where there is no file."""
        if not is_key(key):
            return None
        try:
            with open(self._file(key), "rb", buffering=0) as file:
                return file.read(limit), os.fstat(file.fileno()).st_size
        except _NOTHING:
            return None
        except OSError as error:
            self._fail("read", error)

    def _keys_in(self, directory: str) -> Iterator[str]:
        path = f"{self._path}/{directory}"
        for file in self._list(path):
            if file.startswith(TEMPORARY):
                _sweep(f"{path}/{file}")
                continue
            if file == LOCK:
                continue
            hashed = is_hashed(directory, file)
            key = _key_inside(f"{path}/{file}") if hashed else key_at(directory, file)
            if is_key(key) and place(key) == (directory, file):  # a stranger's file is no object
                yield key

    def _list(self, path: str) -> list[str]:
        try:
            return os.listdir(path)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _file(self, key: str) -> str:
        directory, file = place(key)
        return f"{self._path}/{directory}/{file}"

    def _fail(self, verb: str, error: OSError) -> NoReturn:
        why = error.strerror or str(error)
        raise Unavailable(f"the bucket directory {self._path} cannot be {verb} (BUCKET_URL): {why}") from error


def _parse(line: bytes, size: int) -> Head | None:
    """The head that a file's first line tells; None if this is not a whole object of ours."""
    try:
        found = _decode_line(line)
        # Without fsync a power cut may leave a file that is shorter than it says.
        if len(line) + 1 + found.size != size:
            return None
        return Head(found.type, found.cache, found.status, found.location, found.digest, found.version)
    except (msgspec.MsgspecError, ValueError):
        return None


def _tag(head: Head) -> str:
    return f"{head.version}-{head.digest}"


def _key_inside(path: str) -> str:
    """The key of an object whose file name is a hash; "" if the file does not tell."""
    with suppress(OSError, msgspec.MsgspecError), open(path, "rb") as file:
        return _decode_line(file.readline(_LINE_LIMIT)).key or ""
    return ""


def _sweep(path: str) -> None:
    with suppress(OSError):
        if time.time() - os.stat(path).st_mtime > _ABANDONED_SECONDS:
            os.unlink(path)
