"""Pictures that strangers send: drawn anew, or refused before they cost anything."""

from __future__ import annotations

import io
import struct
import zlib
from threading import BoundedSemaphore
from typing import Any

import pytest
from PIL import Image

from ports import pictures
from ports.errors import Refused, Throttled
from ports.picture_process import TooMuch, drawn
from ports.pictures import square


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_square_one(format: str) -> None:
    made = Image.open(io.BytesIO(drawn(picture((300, 200), format))))

    assert (made.format, made.size) == ("WEBP", (256, 256))


def test_what_else_was_in_the_file_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "CANARY-CAMERA", {2: (48.0, 51.0, 29.0)}
    made = drawn(picture((64, 64), "JPEG", exif=exif.tobytes()))

    assert b"CANARY" not in made and not Image.open(io.BytesIO(made)).getexif()


def test_a_picture_lies_as_its_camera_was_held() -> None:
    exif, sent = Image.Exif(), Image.new("RGB", (64, 64), "red")
    sent.paste("blue", (0, 0, 64, 32))
    exif[0x0112] = 3  # upside down
    out = io.BytesIO()
    sent.save(out, "JPEG", exif=exif.tobytes())

    made = Image.open(io.BytesIO(drawn(out.getvalue()))).convert("RGB")
    top = made.getpixel((128, 40))
    assert isinstance(top, tuple) and top[0] > 200 > top[2]


def test_the_largest_that_is_allowed_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 60.0)  # it may take five seconds of the processor all the same
    assert square(picture((4096, 4096), "PNG"))


def test_one_that_unpacks_to_too_much_is_refused_by_its_header() -> None:
    for size in ((4097, 10), (9000, 9000)):
        with pytest.raises(TooMuch, match="4,096 pixels"):
            drawn(only_a_header(*size))
    with pytest.raises(Refused, match="4,096 pixels"):
        square(only_a_header(60_000, 60_000))


def test_one_that_moves_is_refused() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    for format in ("WEBP", "PNG"):
        out = io.BytesIO()
        frames[0].save(out, format, save_all=True, append_images=frames[1:])
        with pytest.raises(TooMuch, match="move"):
            drawn(out.getvalue())


def test_of_what_a_camera_writes_in_one_file_the_picture_counts() -> None:
    out = io.BytesIO()
    one = Image.new("RGB", (64, 48), "navy")
    one.save(out, "MPO", save_all=True, append_images=[one.resize((32, 24))])

    assert Image.open(io.BytesIO(square(out.getvalue()))).size == (256, 256)


def test_a_broken_note_about_the_camera_spoils_no_picture() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\xff\0\0\0\xff\xff\0\0"

    assert square(picture((64, 64), "JPEG", exif=exif))


def test_pictures_wait_their_turn_and_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_TURNS", BoundedSemaphore(1))
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    pictures._TURNS.acquire()
    with pytest.raises(Throttled):
        square(b"")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"%PDF-1.7", b"\x00" * 1000,
        b"\xff\xd8\xff\xe0" + b"\x00" * 100, b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    ],
)  # fmt: skip
def test_what_is_no_picture_cannot_be_opened(data: bytes) -> None:
    with pytest.raises(OSError):
        drawn(data)


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_not_even_tried(format: str) -> None:
    with pytest.raises(OSError):
        drawn(picture((16, 16), format))


def test_a_file_that_is_none_and_one_that_ends_too_soon_are_refused_in_words() -> None:
    for data in (b"<svg/>", picture((300, 200), "JPEG")[:700]):
        with pytest.raises(Refused, match="JPEG, PNG or WebP"):
            square(data)


def test_a_file_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(Refused, match="5 MB"):
        square(b"\x00" * 5_000_001)


def picture(size: tuple[int, int], format: str, **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, format, **how)
    return out.getvalue()


def only_a_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
