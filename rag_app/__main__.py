"""``python -m rag_app``: the same as ``rag-app``."""

from __future__ import annotations

import sys

from rag_app.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
