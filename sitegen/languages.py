"""The language of a title, as far as its script tells."""

from __future__ import annotations

import re
from functools import cache

_SCRIPTS = {
    "ja": re.compile("[ぁ-ゖァ-ヺｦ-ﾟ]"),
    "ko": re.compile("[가-힣ᄀ-ᇿ㄰-㆏]"),
    "und-Hani": re.compile("[㐀-䶿一-鿿豈-﫿𠀀-𯿿]"),
    "und-Cyrl": re.compile("[Ѐ-ӿ]"),
    "th": re.compile("[ก-๛]"),
    "und-Arab": re.compile("[؀-ۿ]"),
    "he": re.compile("[א-ת]"),
    "el": re.compile("[Ͱ-Ͽ]"),
    "und-Deva": re.compile("[ऀ-ॿ]"),
}
"""Most telling first: ideographs stand beside kana, and alone they may be of several languages."""
_NATIVE = {"und": "ja", "und-Hani": "ja"}
_ROMANISED = {"und": "ja-Latn"}


def language_of(title: str) -> str:
    """A tag as for `lang`; `und`, undetermined, for Latin letters, which many languages have."""
    if title.isascii():
        return "und"
    found = next((tag for tag, script in _SCRIPTS.items() if script.search(title)), "und")
    return "zh" if found == "und-Hani" and not _is_in_japan(title) else found


def native_language(title: str) -> str:
    """The same of the title in its own script: Japanese, unless it is plainly not."""
    found = language_of(title)
    return _NATIVE.get(found, found)


def romanised_language(title: str) -> str:
    """The same of the title in Latin letters, which is of Japanese words."""
    found = language_of(title)
    return _ROMANISED.get(found, found)


def _is_in_japan(title: str) -> bool:
    """Whether Japanese encodings hold the ideographs: they lack those that only mainland China writes so."""
    return all(map(_is_japanese, _SCRIPTS["und-Hani"].findall(title)))


@cache
def _is_japanese(sign: str) -> bool:
    return _holds("cp932", sign) or _holds("shift_jis_2004", sign)


def _holds(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
