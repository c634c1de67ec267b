"""The served page of the tests: as ``benchmarks.page.served`` has it, and there at once."""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.page import served
from tests.support import forked

# Elsewhere, what the system's libraries do in a forked process is not safe.
serving = partial(served.serving, start=forked.start) if sys.platform == "linux" else served.serving
