"""YAML front matter: a mapping between two lines of dashes at the beginning of a text."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date
from typing import Any

import yaml  # type: ignore[import-untyped]

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_LONGEST = 64 * 1024


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML without aliases: a few of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Hashable) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def front_matter(text: str) -> tuple[dict[Any, Any], int]:
    """The front matter, and where the text after it begins: ``({}, 0)`` where there is none, or
    it is not a YAML mapping. Line ends are ``\\n``."""
    found = _FRONT_MATTER.match(text)
    if found is None or len(found.group(1)) > _LONGEST:
        return {}, 0
    try:
        metadata = yaml.load(found.group(1), Loader=_PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        # ValueError: a date such as 2024-13-45.
        return {}, 0
    return (metadata, found.end()) if isinstance(metadata, dict) else ({}, 0)


def is_certain(metadata: dict[Any, Any]) -> bool:
    """Whether it cannot be anything else, in a text where lines of dashes are also rules: names
    of one word, and values or lists of values."""
    return bool(metadata) and all(
        isinstance(name, str)
        and re.fullmatch(r"[\w-]+", name) is not None
        and all(map(_is_value, value if isinstance(value, list) else [value]))
        for name, value in metadata.items()
    )


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | int | float | date)
