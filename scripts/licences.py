"""Licences of all that is installed by default, against a list of those that are allowed.

It reads the metadata of what is installed and asks no network. What a wheel brings inside it, such
as the Fortran runtime in NumPy's, is told by its own files and not looked at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "rag-app"
# SPDX identifiers (https://spdx.org/licenses/). MPL-2.0 binds changes of its own files only; GPL,
# AGPL, LGPL, SSPL and Elastic's are not here, nor is anything that forbids a use.
ALLOWED = frozenset(
    "0BSD AFL-2.1 Apache-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 CNRI-Python ISC "
    "LLVM-exception MIT MIT-CMU MPL-2.0 PSF-2.0 Zlib".split()
)  # fmt: skip
# Names in older metadata, in lower case: "3-Clause BSD License", "Apache License, Version 2.0".
OLDER_NAMES = {
    "academic free license (afl)": "AFL-2.1",
    "apache license version 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    # pypdfium2: PDFium is under Apache-2.0 and brings FreeType, libjpeg-turbo, OpenJPEG and others,
    # whose licences, in its wheel, are all permissive.
    "dependency licenses": "BSD-3-Clause",
}
# Whose metadata tells of what its wheel does not have: docutils' mode for Emacs is under the GPL
# and in its sources only; what is installed is public domain or under BSD-2-Clause and PSF-2.0.
OF_ITS_WHEEL = {"docutils": ["BSD-2-Clause", "PSF-2.0"]}
# torch brings CUDA on Linux where no other build of it was installed first; NVIDIA's terms allow
# its use, not its change, and nothing here needs it.
NVIDIA = re.compile(r"(nvidia|cuda)-")


def installed_by_default(name: str = PROJECT) -> dict[str, metadata.Distribution]:
    """What a package needs without extras, itself included, by normalized names (PEP 503)."""
    found: dict[str, metadata.Distribution] = {}
    pending = [(name, frozenset[str]())]
    seen = set(pending)
    while pending:
        name, extras = pending.pop()
        distribution = metadata.distribution(name)
        found[canonicalize_name(name)] = distribution
        for needed in map(Requirement, distribution.requires or ()):
            wanted = (canonicalize_name(needed.name), frozenset(needed.extras))
            if wanted not in seen and _is_needed(needed, extras):
                seen.add(wanted)
                pending.append(wanted)
    return found


def licences_of(about: metadata.PackageMetadata) -> list[str]:
    """The licences that metadata names, as SPDX identifiers where they are known."""
    told = about.get("License-Expression")
    if told is None:
        named = [
            line.rpartition("::")[2].strip()
            for line in about.get_all("Classifier", [])
            if line.startswith("License ::") and not line.endswith("OSI Approved")
        ]
        # Some have the whole text there; its first line is the name.
        told = " AND ".join(named) or next(iter((about.get("License") or "").splitlines()), "")
    told = told.replace(", Version", " Version")
    known = OLDER_NAMES.get(told.strip().lower())
    parts = [known] if known else re.split(r"\s+(?:AND|OR|WITH)\s+|,\s*", told)
    bare = [part if part.lower() in OLDER_NAMES else part.strip("() ") for part in parts]
    return [OLDER_NAMES.get(part.lower(), part) for part in bare if part]


def not_allowed() -> Iterator[str]:
    """A line for each package whose licence is not allowed, or not told."""
    for name, distribution in sorted(installed_by_default().items()):
        licences = OF_ITS_WHEEL.get(name) or licences_of(distribution.metadata)
        wrong = [licence for licence in licences if licence not in ALLOWED]
        if NVIDIA.match(name):
            continue
        if wrong or not licences:
            yield f"{name} {distribution.version}: {', '.join(wrong) or 'no licence told'}"


def _is_needed(needed: Requirement, extras: frozenset[str]) -> bool:
    marker = needed.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


if __name__ == "__main__":
    if lines := list(not_allowed()):
        sys.exit("\n".join(["Licences that are not allowed (scripts/licences.py):", *lines]))
    print(f"{len(installed_by_default())} packages, every licence allowed")
