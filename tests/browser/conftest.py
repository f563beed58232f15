"""A real browser, and a site served at the address that it was built for."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from dynamic.app import create_app
from ports.database import connect
from ports.settings import Settings
from tests.browser.page_types import one_of_each
from tests.dynamic.patient import patient
from tests.site.everything import fill
from tests.site.published import Published, new_sites, publish

CHROMIUM = Path("/usr/bin/chromium")
PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)
PATIENCE = 30_000
"""Milliseconds that a page has for what takes a few on a machine that does nothing else."""
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Visit:
    """A page in the browser, and everything that went wrong or out while it was used."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def go(self, path: str) -> Response:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer

    def click(self, name: str, inside: str = "body") -> str:
        """Follow the first link with exactly this text, but for a count; returns the path where that led."""
        link = self.page.locator(inside).get_by_role("link", name=re.compile(rf"^{re.escape(name)}( [\d,]+)?$"))
        with self.page.expect_navigation():
            link.first.click()
        return self.path

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.address)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.wrong.append(said.text)

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith(self.address + "/"):
            self.wrong.append(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by the reader, who has gone on
            self.wrong.append(f"failed: {request.url}")

    def _response(self, answer: Response) -> None:
        if answer.status >= 400:
            self.wrong.append(f"{answer.status}: {answer.url}")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The browser's view is the log."""


@pytest.fixture(scope="session")
def served(server: str) -> Iterator[Published]:
    """A catalogue with a row of every kind, at an address of this machine."""
    for make in new_sites(server):
        yield from serve(make(), fill)


def serve(settings: Settings, write: Callable[..., None]) -> Iterator[Published]:
    """Fill, build for the address of a free port, and serve by the real application."""
    http = make_server("127.0.0.1", 0, lambda *call: app(*call), threaded=True, request_handler=_Quiet)
    settings = replace(settings, site_url=f"http://127.0.0.1:{http.server_port}")
    with connect(settings.database_url) as connection:
        write(connection)
    with patient():
        built, app = publish(settings), create_app(settings)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield built
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(autouse=True)
def patiently() -> Iterator[None]:
    """For each test by itself: what is served for the whole session must not make the tests of others wait."""
    with patient():
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        # what a page tells in the visitor's zone is the same on a machine anywhere
        zone = {**os.environ, "TZ": "UTC"}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, env=zone, timeout=4 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, served: Published) -> Iterator[Visit]:
    """A fresh visitor."""
    yield from visiting(chromium.new_context(), served)


@pytest.fixture
def visit_without_scripts(chromium: Browser, served: Published) -> Iterator[Visit]:
    """A fresh visitor with JavaScript off, on a telephone."""
    yield from visiting(chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}), served)


def visiting(context: BrowserContext, served: Published) -> Iterator[Visit]:
    context.set_default_timeout(PATIENCE)
    yield Visit(context.new_page(), served.settings.site_url)
    context.close()


Look = Callable[..., Visit]
"""Opens a fresh window with these options of Playwright's `new_context`."""


@pytest.fixture
def look(chromium: Browser, served: Published) -> Iterator[Look]:
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(contextmanager(visiting)(_window(chromium, how), served))


def _window(chromium: Browser, how: dict[str, Any]) -> BrowserContext:
    return chromium.new_context(**({"viewport": DESKTOP} | how))


@pytest.fixture(scope="session")
def paths(served: Published) -> dict[str, str]:
    """One page of each type: type → path."""
    return one_of_each(served)


def complaints(visit: Visit, kind: str) -> list[str]:
    """What failed, warned or went to another host; the page for unknown addresses is itself a 404."""
    return [wrong for wrong in visit.wrong if kind != "not_found" or "404" not in wrong]


def findings(visit: Visit, paths: dict[str, str], *questions: str) -> dict[str, list[str]]:
    """Type → what these questions of `in_page`, and the browser, find wrong on its page; good pages are left out."""
    found = {}
    for kind, path in paths.items():
        visit.wrong.clear()
        visit.go(path)
        answers = [answer for question in questions for answer in visit.page.evaluate(question)]
        found[kind] = answers + complaints(visit, kind)
    return {kind: wrong for kind, wrong in found.items() if wrong}
