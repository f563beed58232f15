"""The laws of the architecture that can be read off the code; the others have tests of their own."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from autotrack.cli import VERBS
from domain.changes import TRACKED
from dynamic.app import BLUEPRINTS
from jobs.site import Build, Report, build
from ports import bucket, cdn, mail
from ports.settings import PROJECT
from sitegen.site import PAGE_TYPES

ROOMS = ("autotrack", "domain", "dynamic", "jobs", "ports", "sitegen")
OUTSIDE = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "requests",
    "httpx",
    "boto3",
    "redis",
    "subprocess",
    "random",
    "secrets",
    "time",
}


def test_law_1_rooms_import_in_one_direction() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_law_1_nothing_imports_the_front_door() -> None:
    for path in modules("domain", "dynamic", "jobs", "ports", "sitegen"):
        assert "autotrack" not in {name.partition(".")[0] for name in imports(path)}, path


def test_law_1_sitegen_reaches_no_network_no_clock_and_no_chance() -> None:
    for path in modules("sitegen"):
        assert {name.partition(".")[0] for name in imports(path)}.isdisjoint(OUTSIDE), path
        asked = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
        assert asked.isdisjoint({"today", "now", "utcnow", "environ", "getenv"}), path


def test_law_2_a_page_reaches_data_only_through_its_reader() -> None:
    """`load` is given a reader and nothing else; `every`, which only lists subjects, is given a connection."""
    for path in modules("sitegen/pages"):
        functions = [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]
        for function in functions:
            asks = [node for node in ast.walk(function) if isinstance(node, ast.Attribute) and node.attr == "execute"]
            assert not asks or function.name.startswith(("every", "_distinct")), f"{path}: {function.name}"
            if function.name.startswith("load"):
                assert isinstance(function.args.args[0].annotation, ast.Name)
                assert function.args.args[0].annotation.id == "Reader"
                touched = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
                assert touched.isdisjoint({"tuples", "dicts", "grouped", "_connection", "once"}), (
                    f"{path}: {function.name}"
                )


def test_law_2_a_verb_of_the_reader_notes_a_tag() -> None:
    for path in modules("sitegen/reads"):
        for function in (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)):
            if not function.name.startswith("_") and path.name != "batch.py" and function.name not in WITHOUT_TAG:
                calls = {node.func.attr for node in ast.walk(function)
                         if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}  # fmt: skip
                assert calls & {"note", "card", "note_bands", "year_counts"}, f"{path.name}: {function.name}"


WITHOUT_TAG = {
    "ids",  # the batch itself
    "watchable",  # asked after moved_to, which notes the offers
    "sitemap_entries", "sitemap_dates",  # of the manifest, whose changes want sitemaps directly
}  # fmt: skip


def test_law_3_the_environment_is_read_in_one_place() -> None:
    for path in modules(*ROOMS):
        nodes = list(ast.walk(tree(path)))
        asked = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
        asked |= {
            f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        if asked & {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv"}:
            assert path == PROJECT / "ports/settings.py"


def test_law_4_every_page_module_is_in_the_table_of_contents_and_back() -> None:
    files = {f"sitegen.pages.{path.stem}" for path in modules("sitegen/pages") if path.stem != "__init__"}
    assert {kind.load.__module__ for kind in PAGE_TYPES} == files
    assert len({kind.kind for kind in PAGE_TYPES}) == len(PAGE_TYPES)


def test_law_4_every_adapter_of_the_bucket_has_its_scheme_and_back() -> None:
    files = {path.stem for path in modules("ports") if path.stem.startswith("bucket_")} - {"bucket_names"}
    assert {name.removeprefix("bucket_"): SCHEME_OF[name] for name in files} == {"directory": "file", "s3": "s3"}
    assert set(SCHEME_OF.values()) == set(bucket.SCHEMES)


def test_law_4_every_adapter_of_the_cdn_has_its_scheme_and_back() -> None:
    files = {path.stem.removeprefix("cdn_") for path in modules("ports") if path.stem.startswith("cdn_")}
    assert files | {"none"} == set(cdn.SCHEMES)


def test_law_4_every_adapter_of_the_mail_has_its_scheme_and_back() -> None:
    files = {path.stem.removeprefix("mail_") for path in modules("ports") if path.stem.startswith("mail_")}
    assert files | {"console", "smtps"} == set(mail.SCHEMES)


SCHEME_OF = {"bucket_directory": "file", "bucket_s3": "s3"}


def test_law_4_every_verb_and_blueprint_is_listed() -> None:
    for name, (place, help_line) in VERBS.items():
        module, attribute = place.split(":")
        assert getattr(importlib.import_module(module), attribute).name == name
        assert help_line.endswith(".")
    commands = {path.stem for path in modules("autotrack") if "@click." in path.read_text() and path.stem != "cli"}
    assert {f"autotrack.{stem}" for stem in commands} == {place.split(":")[0] for place, _ in VERBS.values()}
    served = {path.stem for path in modules("dynamic") if "Blueprint(" in path.read_text()}
    assert {blueprint.name for blueprint in BLUEPRINTS} == served


def test_law_5_every_table_that_pages_show_is_tracked(connection: psycopg.Connection) -> None:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    own = {
        "answer",
        "session",
        "token",
        "handle_history",
        "handle_blocked",
        "erasure",
        "sign_in_failure",
        "mail",
        "alembic_version",
        "feed_record",
        "change_log",
        "page",
        "orphan",
        "purge",
        "site_state",
        "touch",
        "schedule",
        "verdict_log",
        "loss",
        "entry",
        "cycle",
        "watch",
        "library_change",
        "follow",
        "block",
        "mute",
        "report",
        "staff_act",
    }
    assert {name for (name,) in rows} - own == {tracked.table for tracked in TRACKED}


def test_who_reads_what_is_others_asks_sight() -> None:
    """SQL over entries and reviews stands with their owner, with the staff, or beside what sight says of them."""
    for path in modules("domain", "dynamic", "sitegen", "jobs"):
        name = path.relative_to(PROJECT).as_posix()
        if name.startswith("domain/library/") or name in OWN:
            continue
        asked = {table for table in ("entry", "review", "watch", "library_change")
                 if re.search(rf"\b(FROM|JOIN) {table}\b", path.read_text(encoding="utf-8"))}  # fmt: skip
        said = {alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)
                and node.module == "domain.people.sight" for alias in node.names}  # fmt: skip
        assert not asked or said & {"ENTRY", "REVIEW", "COUNTED"}, f"{name} reads {asked}"


OWN = {
    "domain/forgetting.py",  # removes what is old
    "domain/privacy/leaving.py",  # notes on which pages their own reviews stand
    "domain/reviews/moderation.py",  # staff see what waits
    "domain/tags.py",  # which pages may have to be looked at again
}
"""Who reads rows of others and shows them to nobody else."""


def test_the_unknown_is_caught_for_a_page_and_to_pass_it_on_to_another_process_only() -> None:
    found = set()
    for path in modules(*ROOMS):
        for node in (node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)):
            again = node.body and isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if not again and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")):
                found.add(path.relative_to(PROJECT).as_posix())
    assert found == {"jobs/render.py", "jobs/spread.py"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_sign_of_at_most_five_lines(room: str) -> None:
    assert 1 <= len((PROJECT / room / "README.md").read_text().splitlines()) <= 5


def test_every_module_says_what_it_is_in_its_first_sentence_and_stops_at_400_lines() -> None:
    for path in modules(*ROOMS):
        assert ast.get_docstring(tree(path)), path
        assert len(path.read_text().splitlines()) <= 400, path


def test_a_build_is_one_function_from_an_order_to_a_report() -> None:
    assert build.__annotations__ | {"heard": None} == {
        "order": Build.__name__,
        "heard": None,
        "return": Report.__name__,
    }


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((PROJECT / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    nodes = list(ast.walk(tree(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
