"""Recipes: a fingerprint of all but data that decides a page's bytes, so that a deploy dirties what it changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from sitegen.assets import ASSETS
from sitegen.page import PageType, Site
from sitegen.templating import TEMPLATES

PROJECT = Path(__file__).resolve().parent.parent
ALWAYS = ("sitegen.build", "sitegen.templating", "sitegen.flatten")
LIBRARIES = ("jinja2", "markupsafe", "orjson", "babel", "pillow", "fonttools", "markdown-it-py")
_ASSET = re.compile(r"""\bassets\["([^"]+)"\]""")
_IMPORT = re.compile(r"^ *from ((?:sitegen|domain)[\w.]*) import (?:\(([^)]*)\)|(.+)$)", re.MULTILINE)
_REFERENCE = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)""")


def recipe(kind: PageType, site: Site) -> bytes:
    """16 bytes that change with the kind's code and what it imports, its templates, libraries or the site's name."""
    digest = hashlib.blake2b(repr((site, kind.kind, kind.content_type, _versions())).encode(), digest_size=16)
    for module in sorted(_closure([kind.load.__module__, *ALWAYS], _imported)):
        digest.update(_bytes(_file(module)))
    for name in sorted(_closure([kind.template] if kind.template else [], _referenced)):
        digest.update(_bytes(TEMPLATES / name))
        digest.update("".join(_asset_paths(name)).encode())
    for path in (path for pattern in kind.files for path in sorted(PROJECT.glob(pattern))):
        digest.update(path.name.encode() + _bytes(path))
    return digest.digest()


def _closure(names: Iterable[str], following: Callable[[str], list[str]]) -> set[str]:
    """These names and all that follow from them."""
    found, todo = set[str](), list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += following(name)
    return found


@cache
def _imported(module: str) -> list[str]:
    """The modules of ours that a module imports from, by its text: importing is not needed to know."""
    found = []
    for package, several, one in _IMPORT.findall(_file(module).read_text(encoding="utf-8")):
        found += [package, *(f"{package}.{name.strip()}" for name in (several or one).split(","))]
    return [name for name in found if _file(name).exists()]


@cache
def _file(module: str) -> Path:
    """Where a module's code is; a package's is what it says of itself."""
    path = PROJECT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")


@cache
def _referenced(name: str) -> list[str]:
    """The templates that a template names, by its text: parsing it takes longer than building a page."""
    return _REFERENCE.findall((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def _asset_paths(name: str) -> list[str]:
    """The addresses of the assets that a template names: they change with the asset."""
    return [ASSETS[asset] for asset in _ASSET.findall((TEMPLATES / name).read_text(encoding="utf-8"))]


@cache
def _bytes(path: Path) -> bytes:
    return hashlib.blake2b(path.read_bytes()).digest()


@cache
def _versions() -> list[str]:
    """As the lock pins them; asking the installed packages takes longer than building a page."""
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    return re.findall(rf"^(?:{'|'.join(LIBRARIES)})==\S+", lock, re.MULTILINE)
