"""What only the directory bucket can get wrong: names, damage, leftovers, and a directory that refuses."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ports.bucket import Head, is_key, open_bucket
from ports.bucket_names import place
from ports.errors import Misconfigured, Unavailable

PAGE = Head("text/html; charset=utf-8", "public, max-age=0", digest="ab12")

segments = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="/\\\ufffd"),
    min_size=1,
    max_size=60,
)
keys = st.lists(segments, min_size=1, max_size=4).map("/".join).filter(is_key)
letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz").map(lambda letter: (letter, letter.upper()))


@pytest.mark.parametrize(
    "form", ["file:{raw}", "file:{quoted}", "file://{quoted}", "file://localhost{raw}", "FILE:{raw}/"]
)
def test_a_directory_is_named_with_spaces_or_percent_escapes(tmp_path: Path, form: str) -> None:
    path = f"{tmp_path}/with spaces/bücket"
    open_bucket(form.format(raw=path, quoted=quote(path))).put("index", b"home", PAGE)

    assert [file.name for file in Path(path).rglob("*") if file.is_file()] == ["index"]


@pytest.mark.parametrize("url", ["file:", "file:relative/path", "file://host/path", "file:/a%00b"])
def test_a_directory_that_is_no_absolute_local_path_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="BUCKET_URL"):
        open_bucket(url)


def test_a_directory_that_cannot_be_written_or_read_says_which_and_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = open_bucket(f"file:{tmp_path}/file/bucket")

    with pytest.raises(Unavailable, match=rf"{tmp_path}/file/bucket cannot be written \(BUCKET_URL\): Not a directory"):
        blocked.put("index", b"", PAGE)

    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for ask in ("get", "look", "delete", "keys"):
        with pytest.raises(Unavailable, match=r"loop cannot be .* symbolic links"):
            getattr(open_bucket(f"file:{loop}"), ask)(["index"] if ask == "delete" else "index")


@given(pair=st.tuples(keys, keys) | keys.map(lambda key: (key, key.swapcase())) | letters)
def test_no_two_keys_share_a_file_even_where_case_does_not_count(pair: tuple[str, str]) -> None:
    one, other = pair
    assume(one != other and is_key(other))
    folded = [tuple(part.lower() for part in place(key)) for key in (one, other)]
    assert folded[0] != folded[1]


@given(key=keys)
def test_every_name_is_safe_on_any_file_system(key: str) -> None:
    for part in place(key):
        assert part.isascii() and 0 < len(part) <= 255
        assert not set(part) & set('/\\<>:"|?* ')
        assert not part.startswith(".") and not part.endswith(".")


def test_pages_of_one_kind_share_one_flat_directory(tmp_path: Path) -> None:
    bucket = open_bucket(f"file:{tmp_path}")
    for key in ("anime/one-piece", "anime/one-piece/episodes/2", "index"):
        bucket.put(key, b"", PAGE)

    files = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file())
    assert files == ["@/index", "anime/one-piece", "anime/one-piece%2Fepisodes%2F2"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"half",
        b"{}\nbody",
        b"[]\n",
        b'{"size":4}\nbod',
        b'{"size":4,"colour":1}\nbody',
        b'{"size":4,"status":7}\nbody',
    ],
)
def test_a_file_that_is_no_whole_object_is_a_missing_one(tmp_path: Path, damage: bytes) -> None:
    bucket = open_bucket(f"file:{tmp_path}")
    bucket.put("anime/x", b"body", PAGE)
    (tmp_path / "anime" / "x").write_bytes(damage)

    assert bucket.get("anime/x") is None
    assert bucket.look("anime/x") is None


def test_a_file_that_is_no_whole_object_is_replaced_by_who_expects_nothing(tmp_path: Path) -> None:
    bucket = open_bucket(f"file:{tmp_path}")
    bucket.put("anime/x", b"body", PAGE)
    (tmp_path / "anime" / "x").write_bytes(b"half")

    bucket.put("anime/x", b"whole", PAGE, over=None)

    found = bucket.get("anime/x")
    assert found is not None and found.body == b"whole"


def test_what_others_left_in_the_directory_is_no_object(tmp_path: Path) -> None:
    bucket = open_bucket(f"file:{tmp_path}")
    bucket.put("anime/x", b"", PAGE)
    (tmp_path / "README").write_text("stray")
    (tmp_path / "anime" / "Upper").write_text("stray")
    (tmp_path / "anime" / "@h-0").write_text("stray")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "anime" / "folder").mkdir()

    assert set(bucket.keys()) <= {"anime/x", "anime/folder"}
    assert bucket.get("README") is None
    assert bucket.get("anime/folder") is None


def test_what_a_killed_writer_left_is_never_listed_and_goes_after_an_hour(tmp_path: Path) -> None:
    bucket = open_bucket(f"file:{tmp_path}")
    bucket.put("anime/x", b"", PAGE)
    fresh, old = tmp_path / "anime" / "@t-fresh", tmp_path / "anime" / "@t-old"
    fresh.write_text("half")
    old.write_text("half")
    os.utime(old, (time.time() - 3700,) * 2)

    assert list(bucket.keys()) == ["anime/x"]
    assert fresh.exists() and not old.exists()


def test_a_bucket_that_is_emptied_under_a_writer_is_made_again(tmp_path: Path) -> None:
    bucket = open_bucket(f"file:{tmp_path}/bucket")
    bucket.put("anime/x", b"1", PAGE)
    for path in (tmp_path / "bucket/anime/x", tmp_path / "bucket/anime", tmp_path / "bucket"):
        path.unlink() if path.is_file() else path.rmdir()

    bucket.put("anime/x", b"2", PAGE)

    assert list(bucket.keys()) == ["anime/x"]
