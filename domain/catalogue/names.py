"""Names that many anime share: when two spellings are one studio or genre, and which spelling is shown."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

GENRE_KINDS = ("genre", "theme", "demographic")
ADULT_GENRES = frozenset({"hentai", "erotica"})
ADULT_TAGS = frozenset(
    {
        "hentai",
        "erotica",
        "18 restricted",
        "adult only",
        "adults only",
        "pornography",
        "rx",
    }
)


@lru_cache(65536)
def identity(name: str) -> str:
    """What two spellings of one name have in common: letters and digits, whatever case, blanks and punctuation."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    # A name of symbols only is its own identity.
    return "".join(filter(str.isalnum, folded)) or folded.strip()


def best_spelling(spellings: Counter[str]) -> str:
    """The best-known spelling: the most frequent that is not all lower case, else the first in title case."""
    cased = [name for name in spellings if name != name.lower()]
    if cased:
        return min(cased, key=lambda name: (-spellings[name], name))
    return titled(min(spellings, key=lambda name: (-spellings[name], name)))


def titled(name: str) -> str:
    """Capitals at the beginnings of words, apostrophes and all: `studio 4°c` → `Studio 4°C`."""
    return re.sub(r"(?<![\w'’])\w", lambda found: found[0].upper(), name)
