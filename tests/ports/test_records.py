"""Record files are read whatever they are packed in, and a broken one is a clear error."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from ports.records import LONGEST, RecordsError, open_records

ENTRIES = [{"n": number, "text": "ü" * 50} for number in range(3000)]
LINES = "".join(json.dumps(entry) + "\n" for entry in ENTRIES).encode()
DOCUMENT = json.dumps({"license": {"name": "x"}, "data": ENTRIES, "after": [1]}).encode()

PACKINGS: list[Callable[[bytes], bytes]] = [
    bytes,
    gzip.compress,
    lambda data: gzip.compress(data[:1000], mtime=0) + gzip.compress(data[1000:]) + b"\x00" * 64,
    zstandard.compress,
    lambda data: zstandard.compress(data[:1000]) + zstandard.compress(data[1000:]),
]


def read(path: Path) -> list[tuple[int, object]]:
    return [(position, json.loads(text)) for position, text in texts(path)]


def texts(path: Path) -> list[tuple[int, bytes]]:
    with open_records(path) as file:
        return [(position, text) for position, text in file]


@pytest.mark.parametrize("pack", PACKINGS)
@pytest.mark.parametrize("text", [LINES, DOCUMENT, json.dumps({"data": ENTRIES}, indent=4).encode()])
def test_every_form_and_packing_gives_the_same_records(path: Path, pack: Callable[[bytes], bytes], text: bytes) -> None:
    path.write_bytes(pack(text))
    assert read(path) == list(enumerate(ENTRIES, 1))


def test_positions_are_line_numbers_and_blank_lines_count(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"b": 2}')
    assert read(path) == [(1, {"a": 1}), (4, {"b": 2})]


def test_a_line_that_is_not_json_is_handed_on_as_it_is(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\nnonsense\n')
    assert [text for _, text in texts(path)] == [b'{"a": 1}', b"nonsense"]


def test_a_first_line_may_be_broken(path: Path) -> None:
    path.write_bytes(b'{"data\n{"a": 1}\n')
    assert [position for position, _ in texts(path)] == [1, 2]


def test_a_record_that_has_data_of_its_own_is_not_a_document(path: Path) -> None:
    path.write_bytes(b'{"inner": {"data": [1]}}\n{"data": 5}\n')
    assert len(texts(path)) == 2


def test_numbers_keep_their_kind(path: Path) -> None:
    path.write_bytes(b'{"data": [{"whole": 5, "half": 5.5, "round": 5.0}]}')
    assert [text for _, text in texts(path)] == [b'{"whole":5,"half":5.5,"round":5.0}']


def test_progress_is_told_in_bytes_of_the_file(path: Path) -> None:
    path.write_bytes(gzip.compress(LINES, mtime=0))
    told: list[int] = []
    with open_records(path) as file:
        file.on_read = told.append
        list(file)
    assert file.done == file.size == path.stat().st_size


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (gzip.compress(LINES, mtime=0)[:-20], "truncated gzip"),
        (gzip.compress(LINES, mtime=0)[:5], "truncated gzip"),
        (zstandard.compress(LINES)[:-20], "truncated zstd"),
        (gzip.compress(LINES, mtime=0)[:-8] + b"\x00" * 8, "damaged gzip"),
        (gzip.compress(LINES, mtime=0) + b"garbage", "damaged gzip"),
        (b"\x1f\x8b" + b"x" * 100, "damaged gzip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
        (DOCUMENT[:-100], "not a complete JSON document"),
        (b'{"data": [' + b'{"a": 1},' * 5 + b"oops]}", "not a complete JSON document"),
        (b"x" * (LONGEST + 1), "longer than"),
    ],
)
def test_a_broken_file_is_one_error_that_names_it_and_the_cause(path: Path, content: bytes, cause: str) -> None:
    path.write_bytes(content)
    with pytest.raises(RecordsError, match=cause) as raised:
        texts(path)
    assert str(path) in str(raised.value)


def test_a_directory_and_a_missing_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="is a directory"):
        open_records(tmp_path)
    with pytest.raises(RecordsError, match="No such file"):
        open_records(tmp_path / "none")


def test_a_deflate_stream_without_a_header_is_no_gzip(path: Path) -> None:
    path.write_bytes(zlib.compress(b"x\x00y" * 100))
    with pytest.raises(RecordsError, match="not a text file"):
        texts(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "any name"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_unpacks_to_far_too_much_is_unpacked_in_small_pieces(path: Path, pack: Callable[[bytes], bytes]) -> None:
    path.write_bytes(pack(b'{"n": 1}\n' + bytes(100 << 20).replace(b"\0", b"\n")))
    with open_records(path) as file:
        assert max(map(len, file.chunks())) <= 17 << 20
