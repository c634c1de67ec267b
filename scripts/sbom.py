"""Software bill of materials (CycloneDX, JSON) of what is installed by default, by cyclonedx-py.

What is installed beside it, for tests and development, is taken out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from licences import PROJECT, installed_by_default
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parent.parent


def main(target: Path) -> None:
    """Write the file. Raises CalledProcessError if the tool fails."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", sys.prefix]
    command += ["--pyproject", str(REPOSITORY / "pyproject.toml"), "--of", "JSON", "-o", "-"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    bill = json.loads(made.stdout)
    needed = installed_by_default().keys() - {PROJECT}
    bill["components"] = [
        one for one in bill["components"] if canonicalize_name(one["name"]) in needed
    ]
    kept = {one["bom-ref"] for one in (*bill["components"], bill["metadata"]["component"])}
    bill["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", []) if ref in kept]}
        for one in bill["dependencies"]
        if one["ref"] in kept
    ]
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    print(f"{len(bill['components'])} packages, in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
