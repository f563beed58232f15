"""Signing: what we gave out and will know again as ours, by keys that nobody else has."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import itsdangerous

from ports.settings import Settings


class Keys:
    """The newest key signs, each of them is believed: a new one can be set before the old one is taken away."""

    def __init__(self, newest_first: Sequence[str]) -> None:
        self._keys = [key.encode() for key in newest_first]

    def sign(self, purpose: str, data: bytes) -> str:
        """Text for a link or a form, from which `read` makes the data again."""
        return self._signer(purpose).sign(base64.urlsafe_b64encode(data).rstrip(b"=")).decode()

    def read(self, purpose: str, text: str) -> bytes | None:
        """What was signed for this purpose; None for anything that was not."""
        try:
            plain = self._signer(purpose).unsign(text.encode("utf-8", "surrogatepass"))
            return base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))
        except (itsdangerous.BadSignature, ValueError):
            return None

    def mac(self, purpose: str, data: bytes) -> str:
        """What shows that we have seen this data; it does not hold it."""
        return self.derived(purpose, data)[0].hex()

    def is_mac(self, purpose: str, data: bytes, text: str) -> bool:
        """Whether `mac` made this of the data."""
        given = text.encode("utf-8", "surrogatepass")
        return any([hmac.compare_digest(one.hex().encode(), given) for one in self.derived(purpose, data)])

    def derived(self, purpose: str, seed: bytes) -> list[bytes]:
        """32 bytes that follow from the seed and a key, for each key, the newest first."""
        return [hmac.digest(key, purpose.encode() + b"\0" + seed, hashlib.sha256) for key in self._keys]

    def _signer(self, purpose: str) -> itsdangerous.Signer:
        oldest_first = self._keys[::-1]
        return itsdangerous.Signer(
            oldest_first, salt=purpose.encode(), key_derivation="hmac", digest_method=hashlib.sha256
        )


def open_keys(settings: Settings) -> Keys:
    """The keys of SECRET_KEY; without any, one that is made at the first start and kept in the home."""
    return Keys(settings.secret_keys or [_own(settings.home / "secret-key")])


def _own(file: Path) -> str:
    """The key in this file, readable for its owner only; of several processes that make it at once one does."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(unfinished, file)
        unfinished.unlink()
    return file.read_text().strip()
