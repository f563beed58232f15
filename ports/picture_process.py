"""The process that draws a stranger's picture anew: from stdin to stdout, with little memory and little time."""

from __future__ import annotations

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

from ports.pictures import NO_PICTURE, PATIENCE, SAID

FORMATS = ("JPEG", "PNG", "WEBP")
SEVERAL = "MPO"
"""What many cameras write as JPEG: the picture, and behind it others of the same moment."""
LONGEST, SIDE = 4096, 256
"""Pixels of a side of what is sent, and of what is made of it."""
MEMORY = 400_000_000
"""Bytes of addresses: the largest picture that is allowed takes 67 MB, two or three times."""


class TooMuch(Exception):
    """The header says more than is allowed; the message is for whoever sent it."""


def drawn(data: bytes) -> bytes:
    """Raises TooMuch before anything is unpacked."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
        if max(sent.size) > LONGEST:
            raise TooMuch(f"must have at most {LONGEST:,} pixels a side")
        if getattr(sent, "n_frames", 1) > 1 and sent.format != SEVERAL:
            raise TooMuch("must not move")
        made = ImageOps.fit(ImageOps.exif_transpose(sent).convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    # only the pixels go on: no place, no camera, no profile
    paper = Image.new("RGBA", made.size, "white")
    paper.alpha_composite(Image.frombytes("RGBA", made.size, made.tobytes()))
    out = io.BytesIO()
    paper.convert("RGB").save(out, "WEBP", quality=85)
    return out.getvalue()


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(PATIENCE), int(PATIENCE)))
    warnings.simplefilter("ignore")  # they are about what is thrown away: the place, the camera
    Image.MAX_IMAGE_PIXELS = None  # our own bound is far lower, and has words for whoever sent it
    try:
        sys.stdout.buffer.write(drawn(sys.stdin.buffer.read()))
    except TooMuch as error:
        sys.stdout.write(str(error))
        return SAID
    except (OSError, ValueError, MemoryError, SyntaxError):  # what Pillow says of broken files
        sys.stdout.write(NO_PICTURE)
        return SAID
    return 0


if __name__ == "__main__":
    sys.exit(main())
