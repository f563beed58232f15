"""How many covers, posters and share images are drawn a second, by so many processes: `python -m bench.covers`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

import click

from sitegen.images import cover, poster, share
from sitegen.images.share import ShareCard

JAPANESE = (
    "銀河",
    "英雄",
    "伝説",
    "の",
    "フリーレン",
    "わたし",
    "魔法",
    "学園",
    "と",
    "カウボーイ",
    "物語",
    "第2期",
    "～",
    "夏",
)
LATIN = ("Legend", "of", "the", "Galactic", "Heroes", "Frieren", "My", "Magic", "Academy", "and", "Story", "Summer")


def title(number: int) -> tuple[str, str, str]:
    """An anime that is not: its id, and titles of two to eight words that follow from its number."""
    count = 2 + number % 7
    picked = [number * 7919 + at * (number % 11 + 3) for at in range(count)]
    latin, japanese = ([words[at % len(words)] for at in picked] for words in (LATIN, JAPANESE))
    return f"anime {number}", " ".join(latin), "".join(japanese)


def one_cover(number: int) -> int:
    """Draws a cover; its bytes."""
    return len(cover.draw(*title(number)))


def one_poster(number: int) -> int:
    """Draws a poster; its bytes."""
    return len(poster.draw(*title(number)))


def one_share(number: int) -> int:
    """Draws a share image; its bytes."""
    made = title(number)
    figures = (("28", "episodes"), ("2024", "first shown"), ("24 min", "each"))
    card = ShareCard(made[1], made[2], "TV · 2024", figures, (28, number % 28), (made,), "AutoTrack Anime")
    return len(share.draw(card))


DRAWN: tuple[tuple[str, Callable[[int], int], int], ...] = (
    ("covers", one_cover, 20),
    ("posters", one_poster, 1),
    ("share images", one_share, 1),
)
"""What is drawn, how, and how many times as many of it as asked for."""


def rates(processes: int = 2, count: int = 200) -> list[tuple[str, float, list[int]]]:
    """(what, how many a second, sizes in bytes, sorted), by processes that have drawn before, as in a build."""
    found = []
    with ProcessPoolExecutor(processes) as pool:
        for name, draw, times in DRAWN:
            list(pool.map(draw, range(4 * processes)))
            start, sizes = perf_counter(), sorted(pool.map(draw, range(count * times), chunksize=8))
            found.append((name, len(sizes) / (perf_counter() - start), sizes))
    return found


@click.command()
@click.option("--processes", type=click.IntRange(min=1), default=2, show_default=True)
@click.option(
    "--count", type=click.IntRange(min=1), default=200, show_default=True, help="Of each raster; 20 times of covers."
)
def main(processes: int, count: int) -> None:
    """Draw and print the rates."""
    for name, rate, sizes in rates(processes, count):
        click.echo(f"{name:13} {rate:7,.0f} a second   median {sizes[len(sizes) // 2]:7,} B   most {sizes[-1]:7,} B")


if __name__ == "__main__":
    main()
