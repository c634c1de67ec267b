"""What is installed: the lock, the licences, and which parts of packages are never loaded."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.licences import ALLOWED, installed_by_default, licences_of
from tests.conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
# An entry is a line without indentation, and its hashes.
ENTRIES = [entry for entry in re.split(r"\n(?=\S)", LOCK) if not entry.startswith("#")]
# Which build of torch fits depends on the machine (scripts/lock.sh).
NOT_LOCKED = {"torch"}


def locked() -> dict[str, list[str]]:
    """The versions of each package; several where they differ by platform or Python."""
    versions: dict[str, list[str]] = {}
    for entry in ENTRIES:
        name, version = re.match(r"([\w.-]+)==(\S+)", entry).groups()  # type: ignore[union-attr]
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def test_the_lock_has_versions_that_the_project_allows() -> None:
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    versions = locked()
    for needed in map(Requirement, asked):
        name = canonicalize_name(needed.name)
        if name not in NOT_LOCKED:
            assert versions.get(name), f"{name} is not locked: make lock"
            assert all(map(needed.specifier.contains, versions[name])), f"{name}: make lock"


def test_the_lock_has_all_that_is_installed_by_default() -> None:
    """But what comes with torch on some machines only."""
    torchs = {name for name in installed_by_default() if re.match("nvidia-|cuda-|triton$", name)}
    missing = installed_by_default().keys() - locked() - {"rag-app"} - NOT_LOCKED - torchs
    assert not missing


def test_each_entry_has_hashes_and_no_place() -> None:
    assert len(ENTRIES) > 100
    for entry in ENTRIES:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry
        assert "://" not in entry and " @ " not in entry, entry


def test_licences_are_allowed() -> None:
    ran = subprocess.run(
        [sys.executable, "scripts/licences.py"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert "every licence allowed" in ran.stdout


@pytest.mark.parametrize(
    ("field", "told", "read"),
    [
        ("License-Expression", "MPL-2.0 AND (Apache-2.0 OR MIT)", "MPL-2.0 Apache-2.0 MIT"),
        ("License-Expression", "AGPL-3.0-or-later", "AGPL-3.0-or-later"),
        ("License", "MIT License\n\nCopyright (c) somebody", "MIT"),
        ("License", "Apache License, Version 2.0", "Apache-2.0"),
        ("Classifier", "License :: OSI Approved :: BSD License", "BSD-3-Clause"),
        ("License", "Elastic-2.0", "Elastic-2.0"),
        ("License", "SSPL-1.0 OR MIT", "SSPL-1.0 MIT"),
        ("License", "", ""),
    ],
)
def test_licences_as_metadata_tells_them(field: str, told: str, read: str) -> None:
    about = Message()
    if told:
        about[field] = told
    assert licences_of(about) == read.split()  # type: ignore[arg-type]
    assert not {"GPL-3.0-only", "LGPL-3.0-or-later", "Elastic-2.0", "SSPL-1.0"} & ALLOWED


@pytest.mark.long
def test_what_has_known_vulnerabilities_is_never_loaded(tmp_path: Path) -> None:
    """NLTK, which LlamaIndex brings, and Chroma's server (docs/security.md): not by reading files,
    building an index, searching, or LlamaIndex's interfaces."""
    (tmp_path / "note.md").write_text("# Gate\n\nThe gate is locked at nine.\n")
    script = """
import sys
from pathlib import Path
from ingest import ingest_paths
from ingest.index.chroma import open_client
from rag_app import open_engine
Path('segment').mkdir()
open_client(Path('segment')).create_collection('one', embedding_function=None)
ingest_paths(["note.md"], store="store")
with open_engine(store="store") as engine:
    assert engine.search("When is the gate locked?")
    engine.as_query_engine().query("When is the gate locked?")
print(*(name for name in sys.modules if name.split(".")[0] == "nltk"
        or name.startswith("chromadb.server")))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == ""
