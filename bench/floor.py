"""The floor of any build: all pages of a bucket, held in memory, are written to new files by two processes."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

WRITERS = 2


def main(source: Path, target: Path) -> None:
    """Read everything, then write it and print what the writing alone took."""
    pages = [
        (str(file.relative_to(source)).replace("/", "%2F"), body(file)) for file in source.rglob("*") if file.is_file()
    ]
    target.mkdir()
    start, before = time.perf_counter(), os.times()
    writers = [_fork(target, pages[number::WRITERS]) for number in range(WRITERS)]
    for writer in writers:
        os.waitpid(writer, 0)
    wall, after = time.perf_counter() - start, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    print(json.dumps({"wall": wall, "cpu": cpu}))


def body(file: Path) -> bytes:
    """A page without the first line, which is the bucket's."""
    return file.read_bytes().partition(b"\n")[2]


def _fork(target: Path, pages: list[tuple[str, bytes]]) -> int:
    child = os.fork()
    if not child:
        for name, page in pages:
            (target / name).write_bytes(page)
        os._exit(0)
    return child


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
