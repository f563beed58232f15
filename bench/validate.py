"""`python -m bench.validate`: pages picked at random, judged by html-validate; the seed is printed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bench.tools import HERE, PLACE, Tools, tools
from domain import paths
from tests.site.packaged import built
from tests.site.published import HTML, Published

RULES = HERE / "htmlvalidate.json"
SHOWN = 3


@dataclass(frozen=True)
class Fault:
    """One complaint: the rule, the page it is about, and what it says."""

    rule: str
    path: str
    said: str


@click.command()
@click.option("--pages", type=click.IntRange(min=1), default=200, show_default=True, help="Judge so many pages.")
@click.option("--seed", type=int, help="Pick the pages that this seed picked before.")
@click.option("--catalogue", is_flag=True, help="Judge the real catalogue in ../shared/data instead of the sample.")
def main(pages: int, seed: int | None, catalogue: bool) -> None:
    """Build, pick pages and judge them; the exit code is 1 on an error."""
    seed = random.randrange(1_000_000) if seed is None else seed
    programs = tools()
    with built(catalogue) as site:
        chosen = pick(site, pages, seed)
        faults = validate(programs, {path: site.objects[path].body for path in chosen})
    click.echo(report(faults))
    click.echo(f"{len(faults):,} errors on {len(chosen):,} pages (seed {seed}).")
    sys.exit(1 if faults else 0)


def pick(site: Published, many: int, seed: int) -> list[str]:
    """Paths of so many pages, or of all where there are fewer: the same for the same site and seed."""
    found = sorted(path for path, stored in site.objects.items() if stored.head.content_type == HTML)
    return sorted(random.Random(seed).sample(found, min(many, len(found))))


def validate(programs: Tools, pages: dict[str, bytes]) -> list[Fault]:
    """Judge pages by html-validate; path → bytes. Raises ClickException where it does not run."""
    with tempfile.TemporaryDirectory(prefix="autotrack-html-") as name:
        written = {}
        for path, body in pages.items():
            file = Path(name) / f"{paths.key_of(path)}.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
            written[str(file)] = path
        command = [programs.node, programs.html_validate, "--config", RULES, "--formatter", "json", name]
        done = subprocess.run([*map(str, command)], cwd=PLACE, capture_output=True, text=True)
        if done.returncode > 1 or not done.stdout.startswith("["):
            raise click.ClickException(f"html-validate failed: {done.stderr[-2000:] or done.stdout[-2000:]}")
        return [fault for file in json.loads(done.stdout) for fault in _faults(file, written[file["filePath"]])]


def report(faults: list[Fault]) -> str:
    """Faults by rule, the most frequent first, with the first pages that have them."""
    by_rule: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_rule[fault.rule].append(fault)
    lines = []
    for rule, found in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        lines.append(f"{rule:<28} {len(found):>6}")
        lines += [f"    {fault.path} {fault.said}" for fault in found[:SHOWN]]
    return "\n".join(lines)


def _faults(file: dict[str, Any], path: str) -> list[Fault]:
    return [Fault(one["ruleId"], path, f"{one['line']}:{one['column']} {one['message']}") for one in file["messages"]]


if __name__ == "__main__":
    main(prog_name="python -m bench.validate")
