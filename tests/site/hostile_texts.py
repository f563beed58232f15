"""Texts that have broken pages elsewhere: markup, templates, scripts of the world, direction marks, length."""

from __future__ import annotations

_MARKUP = (
    "</script>", "</script ><script>alert(1)</script>", "</SCRIPT>", "<script>alert(1)</script>", "<!--", "-->",
    "<!--<script>", "]]>", "<![CDATA[x]]>", "<?xml version='1.0'?>", "<!DOCTYPE x>", "<b>bold</b>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>", "</title>",
    "</title><script>x()</script>", "</textarea>", "</h1>", "</ul></main>", "<", ">", "<>", "< p", "a < b > c", "&",
    "&&", "&amp;", "&lt;b&gt;", "&#60;b&#62;", "&#x3c;", "&nosuch;", "&nbsp;", "AT&T", "Q&A", "&copy", '"', "'",
    "''", '""', "\"'`", '" onmouseover="x()', "' onclick='x()", '"><script>x()</script>', "'><b>", "x\" y='z'",
    "`${1}`", "\\", "\\\\", "\\n", "\\u003c/script\\u003e", "\\u0000", '\\"', "/*", "*/", "//",
    "<style>*{display:none}</style>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<noscript>", "<plaintext>", "<template>", "<iframe src=//evil.example>", "<object data=x>",
    "<form action=//evil.example>",
)  # fmt: skip
_TEMPLATES = (
    "{{ 7*7 }}", "{{7*7}}", "{% raw %}", "{% endraw %}", "{% include 'x' %}", "{# no comment #}", "{{ site.url }}",
    "{{ self }}", "{{ ''.__class__ }}", "{% for x in y %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{{x}}}", "{0}",
    "{name}", "{}", "%s", "%d %(x)s", "%", "%%", "100%", "%00", "%2e%2e%2f", "%zz", "%c0%ae", "$1", "$(id)", "`id`",
    "; rm -rf /", "| cat", "../../etc/passwd", "..\\..\\x", "C:\\con", "NUL", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,<script>x</script>", "vbscript:x", "file:///etc/passwd",
    "http://evil.example/", "//evil.example", "mailto:a@b.c", "'; DROP TABLE anime; --", "1 OR 1=1", "*", "?", "#",
    "?page=2", "a?b=c&d=e#f", "a/b", "/", "\\", "..", ".", "index", "404", "robots.txt", "sitemap.xml", "null",
    "None", "undefined", "true", "NaN", "0", "-1", "1e309", "[object Object]", "__proto__", "constructor",
)  # fmt: skip
_SCRIPTS = (
    "カウボーイビバップ", "新世紀エヴァンゲリオン", "進撃の巨人 The Final Season", "ﾊﾝｶｸ", "ＦＵＬＬ　ＷＩＤＴＨ",
    "々〆〇", "鬱", "𠮷野家", "한국어", "ไทยแลนด์", "العربية", "עברית", "فارسی ۱۲۳", "हिन्दी", "ελληνικά", "русский",
    "ქართული", "Հայերեն", "Tiếng Việt", "İstanbul", "ıI", "ß", "ŠŽČ", "Ōkami", "Pokémon", "naïve café", "Æon Œuvre",
    "ﬁle ﬂow", "½ Prince", "Ⅻ", "№ 5", "™®©", "e\u0301", "Z̸̡͓a̷l̴g̵o̶", "a" + "\u0301" * 60, "\u0301x",
    "\u200bzero\u200b", "x\u00ady", "a\u00a0b", "a\u2028b", "a\u2029b", "a\ufeffb", "\u202eabc", "abc\u202e",
    "\u202dx\u202c", "\u2066a\u2069", "\u2067עב\u2069", "\u200fab", "ab\u200e", "\u061cx", "مرحبا \u202b(x)\u202c",
    "שלום World 123", "😀", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇯🇵", "❤️‍🔥", "👍🏽", "\U0001f9ff" * 40, "\ufe0f",
    "\U000e0041", "\ue000", "\ufffd", "\uffff", "\U0010ffff", "\x01", "\x08", "\x1b[31mred", "\x7f", "\x80",
    "\x85x", "\x9f",
)  # fmt: skip
_SYMBOLS = (
    "★", "☆", "!!!", "…", "......", "???", "+", "-", "--", "---", "_", "~", "@", "^", "=", ":", ";", ",", "•", "→",
    "♥", "♪♪", "×", "÷", "∞", "π", "√A", "°C", "^^;", "(・∀・)", "¯\\_(ツ)_/¯", "( ͡° ͜ʖ ͡°)", "@#$%", "[.]", "()",
    "「」", "『』", "【】", "《》", "‹›", "“”", "‘’", "，", "。", "・", "ー", "〜",
)  # fmt: skip
_LONG = (
    "x" * 500, "W" * 200 + " " + "W" * 200, "ア" * 300, "漢字" * 200, "long " * 99, "Donaudampfschifffahrt" * 20,
    "-" * 300, "&" * 200, "<" * 200, "\"" * 200, "a." * 150, "é" * 250, "😀" * 120, "🇯🇵" * 100, "ก็" * 150,
    "ﷺ" * 80, "a-" * 200, "/" * 200, "{" * 100, "'" * 100,
)  # fmt: skip

TEXTS = tuple(dict.fromkeys((*_MARKUP, *_TEMPLATES, *_SCRIPTS, *_SYMBOLS, *_LONG)))
"""More than 200, each once, none blank; NUL is missing because PostgreSQL keeps no text with it."""
BLANK = ("", " ", "\t", "\n", "  \n\t ", "\u00a0", "\u3000", "\u2003\u2003", "\r\n", "\x0b", "\x0c")
"""What an import takes for no text at all."""
UNTIDY = ("  Padded  ", "Two\nLines", "Tab\tbed", "\r\nCarriage\r\n", "Many     blanks", "\u3000Wide\u3000blanks\u3000")
"""What an import brings on one line."""
