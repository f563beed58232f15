"""Addresses of a site as readers, crawlers and attackers ask for them, and how two answers are compared."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import quote

from ports.bucket import Object

SAMPLE = 9
"""Every ninth ordinary page is asked for, and all that are no ordinary page."""
_CONNECTION = {"date", "server", "connection", "keep-alive", "transfer-encoding", "x-request-id"}
"""Headers that are about a connection, a request or a moment."""
# fmt: off
OTHERS = [
    "/", "/?utm_source=x", "/index", "/index/", "/404", "/robots.txt", "/robots.txt/", "/.well-known/security.txt",
    "/.autotrack-bucket", "/anime", "/anime/never", "/x/y/z", "/anime/never/episodes/2", "/sitemap.xml?x=y",
    "/anime/old/", "/anime//old", "/%61nime/old", "/anime%2Fold", "/anime/%e3%82%a2", "/anime/%E3%82%A2",
    "/anime/piece/episodes/2", "/anime/piece/episodes/3", "/anime/gone/episodes/2", "/anime/moved-to-kana",
    "/share/never.0123456789.jpg", "/posters/anime/never.0123456789.jpg", "/share/never.jpg", "/covers/never.svg",
    "/%25", "/%2525", "/%C3%A9?", "/a+b&c=d;e,f:g@h!$'()*", "/anime/x%20y", "/anime/%7Ex", "/anime/x%3Fy",
    "/anime/x%23y",
    "/" + "a" * 1024, "/" + "a" * 1025, "/" + "%E3%82%A2" * 342, "/" + "a/" * 400 + "a",
]
HOSTILE = [
    "//evil.example/", "/%2Fevil.example/", "/%5Cevil.example/", "/%09/evil.example/", "/https://evil.example/",
    "/%c0%ae%c0%ae/secret", "/%ff%fe", "/~root", "/anime/@t-0", "/anime/x%00", "/anime/x%09y", "/anime/x%C2%85y",
    "/apis", "/searching", "/library.css",
]
BROKEN_LINES = ["/anime/x%0d%0aSet-Cookie:%20a=b", "/%0aindex"]
"""Flask itself finds no route for these."""
# fmt: on


SENT = b'["three", "two", "one"]'
FROM_A_PAGE = {"Content_Type": "application/json", "Sec_Fetch_Site": "same-origin"}
"""What a script of ours sends; anything else is refused."""


@dataclass(frozen=True)
class Answer:
    """What came back; headers by lower-case name, without those about the connection."""

    status: int
    headers: dict[str, str]
    body: bytes

    def without(self, *names: str) -> Answer:
        return Answer(self.status, {name: self.headers[name] for name in self.headers if name not in names}, self.body)


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Ask a server of this machine; `If_None_Match="x"` becomes a header."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        if "allow" in found:  # a set, in any order
            found["allow"] = ", ".join(sorted(found["allow"].split(", ")))
        headers = {name: found[name] for name in found if name not in _CONNECTION}
        return Answer(answer.status, headers, _timeless(answer.read()))
    finally:
        connection.close()


def _timeless(body: bytes) -> bytes:
    """A body without the second in which it was packed, which gzip writes into its header (RFC 1952, MTIME)."""
    return body[:4] + bytes(4) + body[8:] if body.startswith(b"\x1f\x8b") else body


def addresses(objects: dict[str, Object]) -> list[str]:
    """Pages of every kind, and every address that is special, of a site by path."""
    ordinary = sorted(path for path in objects if objects[path].head.status == 200)
    special = sorted(path for path in objects if objects[path].head.status != 200)
    return [quote(path, safe="/:@!$&'()*+,;=-._~") for path in (*ordinary[::SAMPLE], *special)] + OTHERS
