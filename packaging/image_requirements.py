"""Prints, for the image, what the extras need beside the lock; or, with "torch", its version.

Versions stand in pyproject.toml only.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

EXTRAS = ("serve", "mcp", "tracing", "login")

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
if "torch" in sys.argv:
    lines = [one for one in project["dependencies"] if one.startswith("torch==")]
else:
    extras = project["optional-dependencies"]
    lines = [one for name in EXTRAS for one in extras.get(name, ())]
sys.stdout.write("".join(f"{line}\n" for line in lines))
