"""Keys for tests of the domain."""

from __future__ import annotations

from ports.signing import Keys

KEYS = Keys(["a key of tests, which is long enough to be one"])
