"""Known vulnerabilities of all that is installed by default, by pip-audit.

It sends names and versions to the vulnerability service that pip-audit asks. Exit code 1 for one
that a release mends or that is not known here; 0 and a line where the service cannot be reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from licences import PROJECT, installed_by_default

# Without a release that mends them; docs/security.md says why they do not concern this program,
# tests/scripts/test_supply.py that it loads nothing of them.
KNOWN = frozenset(
    {
        "CVE-2026-45829",  # Chroma's server
        "GHSA-36p7-vc44-83pf",
        "GHSA-2wm9-hf6c-p5cr",
    }
)
NEVER_LOADED = frozenset({"nltk"})
SECONDS = 300


def main() -> int:
    """Ask, say what was found, and return the exit code."""
    installed = installed_by_default()
    del installed[PROJECT]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "requirements.txt")
        # "+cpu" is a build of a version, and advisories name versions.
        lines = [f"{name}=={one.version.split('+')[0]}" for name, one in installed.items()]
        asked.write_text("\n".join(lines))
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(asked), "--no-deps"]
        command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
            told = json.loads(ran.stdout)["dependencies"]
            reason = next((one["skip_reason"] for one in told if "skip_reason" in one), "")
        except subprocess.TimeoutExpired:
            told, reason = [], f"no answer in {SECONDS} s"
        except ValueError:
            told, reason = [], next(iter(ran.stderr.strip().splitlines()[-1:]), "no answer")
    answered = [one for one in told if "skip_reason" not in one]
    if not answered:
        print(f"Vulnerabilities: nothing could be looked up ({reason})")
        return 0
    wrong = 0
    for package in answered:
        for found in package["vulns"]:
            names = {found["id"], *found["aliases"]}
            mended = ", ".join(found["fix_versions"])
            known = not mended and (package["name"] in NEVER_LOADED or not names.isdisjoint(KNOWN))
            wrong += not known
            note = "; known, docs/security.md" if known else ""
            of = f"{package['name']} {package['version']}"
            print(f"{of}: {found['id']} (mended by {mended or 'no release'}){note}")
    print(f"{len(answered)} of {len(installed)} packages looked up, {wrong} to mend")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
