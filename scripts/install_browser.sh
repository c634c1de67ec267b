#!/bin/sh
# A browser for the tests of the page: the system's Chromium, or Debian's package where we are
# root, or Playwright's own. Where none can be had, the browser tests say so and are skipped.
set -u
BIN=${BIN:-.venv/bin}

has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1; }
has_playwrights() {
    "$BIN/python" - <<'PYTHON' >/dev/null 2>&1
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    assert Path(playwright.chromium.executable_path).exists()
PYTHON
}

has_chromium && exit 0
has_playwrights && exit 0
# Tried once: a machine that cannot have one should not wait for it at every run.
[ -e .venv/no-browser ] && { echo "No browser: its tests will be skipped (rm .venv/no-browser to try again)."; exit 0; }
echo "Installing a browser for the tests of the page …"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } \
        >/dev/null 2>&1 && has_chromium && exit 0
fi
"$BIN/python" -m playwright install chromium >/dev/null 2>&1 && has_playwrights && exit 0
touch .venv/no-browser
echo "No browser could be installed: its tests will be skipped, and counted so."
exit 0
