"""`python -m tests.browser.screenshots`: each type of page of the sample, light and dark, on phone and desktop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import click
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from ports.settings import PROJECT
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESKTOP, PHONE
from tests.browser.page_types import one_of_each
from tests.site.packaged import served

SCHEMES = ("light", "dark")
SETTLED = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 800) {
        scrollTo(0, y);
        await new Promise(done => setTimeout(done, 20)); }
    scrollTo(0, 0);
    await document.fonts.ready;
    for (const image of document.images) image.loading = 'eager';  // what was passed too quickly would wait for ever
    const late = new Promise(done => setTimeout(done, 10000));
    await Promise.race([late, Promise.all([...document.images].map(image => image.decode().catch(() => 0)))]); }"""
"""Scrolls once through the page, so that what waits to be seen is drawn, and waits for the pictures, but not long."""


SCREENS = {"phone": PHONE, "desktop": DESKTOP}


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--out", type=click.Path(path_type=Path), default=PROJECT / ".autotrack" / "screenshots", help="Where to put them."
)
def main(paths: Sequence[str], out: Path) -> None:
    """Draw one page of each type, or these PATHs (such as /anime/cowboy-bebop), and print the files."""
    if not CHROMIUM.exists():
        raise click.ClickException(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    out.mkdir(parents=True, exist_ok=True)
    with served() as site, sync_playwright() as playwright:
        wanted = {name_of(path): path for path in paths} or one_of_each(site)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for file in drawn(browser, site.settings.site_url, wanted, out):
            click.echo(file)
        browser.close()


def drawn(browser: Browser, address: str, wanted: dict[str, str], out: Path) -> Iterator[Path]:
    """Draw every page on every screen; the files are called `anime-phone-dark.png`."""
    for (screen, size), scheme in product(SCREENS.items(), SCHEMES):
        window = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        for name, path in wanted.items():
            file = out / f"{name}-{screen}-{scheme}.png"
            _draw(window, address + path, file)
            yield file
        window.close()


def name_of(path: str) -> str:
    """`/anime/cowboy-bebop` → `anime-cowboy-bebop`."""
    return path.strip("/").replace("/", "-") or "home"


def _draw(window: BrowserContext, address: str, file: Path) -> None:
    page = window.new_page()
    page.goto(address, wait_until="load")
    page.evaluate(SETTLED)
    page.screenshot(path=file, full_page=True)
    page.close()


if __name__ == "__main__":
    main(prog_name="python -m tests.browser.screenshots")
