"""The libraries of the extra ``rag-app[insights]``, loaded when they are used."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from ingest.errors import UsageError


def is_installed(library: str) -> bool:
    """Whether a library of the extra is there. It is not loaded."""
    return find_spec(library) is not None


def load(library: str, purpose: str) -> ModuleType:
    """A library of the extra. ``purpose`` is what it is wanted for, as in "a map by UMAP". Raises
    UsageError where it is not installed."""
    if not is_installed(library):
        raise UsageError(
            f"For {purpose}, the library {library} has to be installed: "
            "pip install 'rag-app[insights]'"
        )
    return import_module(library)
