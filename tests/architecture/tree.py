"""The source tree as the rules see it: modules, and who imports whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.conftest import REPOSITORY

PACKAGES = ("ingest", "rag_app")
PRODUCT = tuple(sorted(path for name in PACKAGES for path in (REPOSITORY / name).rglob("*.py")))


def _name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in PRODUCT}
FOLDERS = sorted(name for name, path in MODULES.items() if path.name == "__init__.py")


@cache
def imports(path: Path, *, typing: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each imported module with the names taken from it, wherever in the file the import stands;
    those under ``if TYPE_CHECKING`` only with ``typing``."""
    return tuple(_imports(path, typing=typing))


def _imports(path: Path, *, typing: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not typing:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{path}: imports are written in full"
            yield node.module, tuple(alias.name for alias in node.names)


@cache
def edges() -> frozenset[tuple[str, str]]:
    """(importer, imported) between our modules, type-checking imports included. A name taken from a
    package's public names counts as an import of the module where it lives."""
    return frozenset(
        (importer, _home(module, name))
        for importer, path in MODULES.items()
        for module, names in imports(path, typing=True)
        if module in MODULES
        for name in names or ("",)
    )


def _home(module: str, name: str) -> str:
    if f"{module}.{name}" in MODULES:
        return f"{module}.{name}"
    if module in PACKAGES:
        homes: dict[str, str] = import_module(module)._HOMES
        return homes.get(name, module)
    return module
