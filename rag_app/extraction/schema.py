"""The fields that are wanted, as a person writes them: a file, flags, or JSON Schema.

Either of these, in YAML, TOML or JSON:

    invoice number: text                     fields:
    due date: date                             - {name: total, kind: money, description: with tax}
    total: {kind: money, description: with tax}

and JSON Schema's ``properties``, whose ``type``, ``format`` and ``description`` are read
(https://json-schema.org/draft/2020-12).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from ingest.errors import UsageError
from rag_app.extraction.records import Field, Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_FIELDS = 50
LONGEST_FILE = 256 * 1024
LONGEST_WORDS = 500
EXAMPLE = "total: money"
# What else a kind may be called, also in JSON Schema.
OTHER_NAMES: dict[str, Kind] = {
    "string": "text", "str": "text", "integer": "number", "int": "number", "float": "number",
    "boolean": "yes/no", "bool": "yes/no", "yes_no": "yes/no", "yesno": "yes/no",
    "date-time": "date", "datetime": "date", "currency": "money", "amount": "money",
    "person": "name", "organization": "name", "organisation": "name", "company": "name",
}  # fmt: skip


def read_schema(path: Path) -> tuple[Field, ...]:
    """The fields of a file in YAML, TOML or JSON. Raises UsageError, which names the file, if it
    cannot be read, has no fields, or one of an unknown kind."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise UsageError(f"{path} is too long for a schema; it lists fields, one a line")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}. "
            f"Give a file that lists fields, such as “{EXAMPLE}”, or --field “{EXAMPLE}”"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8, as a schema has to be") from None
    try:
        return schema_of(_parsed(text, path.suffix.lower()))
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def schema_of(given: object) -> tuple[Field, ...]:
    """The fields of a mapping or a sequence: names with kinds, mappings, ``Field``s, or JSON
    Schema. Raises UsageError."""
    if isinstance(given, Mapping):
        if isinstance(given.get("properties"), Mapping):
            given = given["properties"]
        elif isinstance(given.get("fields"), Mapping | list) and not {"kind"} & given.keys():
            given = given["fields"]
    if isinstance(given, Mapping):
        fields = [_field(name, value) for name, value in given.items()]
    elif isinstance(given, Sequence) and not isinstance(given, str):
        fields = [_item(one) for one in given]
    else:
        raise UsageError(f"The schema lists no fields; write one a line, such as “{EXAMPLE}”")
    return checked(fields)


def field_of(flag: str) -> Field:
    """A field as a flag says it: "total", "total: money" or "total: money: with tax". Raises
    UsageError."""
    name, _, rest = flag.partition(":")
    kind, _, description = rest.partition(":")
    return _field(name, {"kind": kind.strip() or "text", "description": description})


def checked(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Some fields, if they can be a schema. Raises UsageError."""
    given = tuple(fields)
    if not given:
        raise UsageError(f"The schema has no fields; write one a line, such as “{EXAMPLE}”")
    if len(given) > MOST_FIELDS:
        raise UsageError(f"The schema has {len(given)} fields; at most {MOST_FIELDS} are read")
    seen: set[str] = set()
    for one in given:
        if one.name.casefold() in seen:
            raise UsageError(f"The schema has two fields called “{one.name}”; rename one of them")
        seen.add(one.name.casefold())
    return given


def in_words(name: str) -> str:
    """A field's name as it is compared with what documents say: "invoiceDate" and "invoice_date" as
    "invoice date"."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z\d])(?=[A-Z])", " ", name)).strip().lower()


def _parsed(text: str, suffix: str) -> object:
    import yaml  # type: ignore[import-untyped]

    try:
        if suffix == ".json":
            return json.loads(text)
        if suffix == ".toml":
            return tomllib.loads(text)
        if re.search(r"(?:^|[\s\[{,:-])[&*]\w", text):  # a few aliases can stand for gigabytes
            raise UsageError("it has YAML aliases, which are not read")
        return yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        what = {".json": "JSON", ".toml": "TOML"}.get(suffix, "YAML")
        why = " ".join(str(error).split())[:200]
        raise UsageError(f"it is not {what} ({why}); write one field a line: “{EXAMPLE}”") from None


def _item(given: object) -> Field:
    if isinstance(given, Field):
        return _field(given.name, {"kind": given.kind, "description": given.description})
    if isinstance(given, str):
        return field_of(given)
    if isinstance(given, Mapping) and "name" in given:
        return _field(given["name"], given)
    if isinstance(given, Mapping) and len(given) == 1:
        return _field(*next(iter(given.items())))
    raise UsageError(f"{_shown(given)} is no field; write its name and kind: “{EXAMPLE}”")


def _field(name: object, given: object) -> Field:
    words = " ".join(str(name).split())
    if not re.search(r"\w", words) or len(words) > LONGEST_WORDS:
        raise UsageError("A field has no name, or a very long one; give it a few words")
    description: object = ""
    if isinstance(given, Mapping):
        description = given.get("description") or ""
        is_date = str(given.get("format", "")).startswith("date")
        kind = given.get("kind") or ("date" if is_date else given.get("type")) or "text"
    else:
        kind = given or "text"
    if isinstance(kind, list):  # JSON Schema: {"type": ["string", "null"]}
        kind = next((one for one in kind if one != "null"), "text")
    told = " ".join(str(description).split())[:LONGEST_WORDS]
    return Field(words, _kind(words, kind), told)


def _kind(name: str, given: object) -> Kind:
    # YAML reads a bare yes/no as a text, but "yes" as true.
    kind = str(given).strip().casefold()
    kind = OTHER_NAMES.get(kind, kind)
    for known in KINDS:
        if kind == known:
            return known
    raise UsageError(
        f"The field “{name}” has the kind {_shown(given)}, which there is not; "
        f"there are: {', '.join(KINDS)}"
    )


def _shown(given: object) -> str:
    words: Any = given if isinstance(given, str) else repr(given)
    return f"“{' '.join(str(words).split())[:60]}”"
