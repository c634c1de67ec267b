"""Builds the PDF and Word files of the sample corpus in data/documents.

Run it after editing a text in scripts/sample_data/sources:

    python scripts/make_sample_data.py

It needs reportlab and python-docx. The same sources give the same bytes. The
Markdown, HTML and text files of the corpus are kept in data/documents as they are.
"""

from collections.abc import Callable
from pathlib import Path

from sample_data.docx_builder import build_docx
from sample_data.pdf_builder import build_pdf
from sample_data.source import Source, read_source

SOURCES = Path(__file__).resolve().parent / "sample_data" / "sources"
DOCUMENTS = Path(__file__).resolve().parent.parent / "data" / "documents"

TARGETS: list[tuple[str, str, Callable[[Source, Path], None]]] = [
    ("ws-40-manual.md", "manuals/ws-40-manual.pdf", build_pdf),
    ("service-agreement.md", "contracts/service-agreement.pdf", build_pdf),
    ("employee-handbook.md", "policies/employee-handbook.docx", build_docx),
    ("product-board-minutes.md", "engineering/product-board-minutes-2026-03.docx", build_docx),
]


def main() -> None:
    for source, target, build in TARGETS:
        path = DOCUMENTS / target
        path.parent.mkdir(parents=True, exist_ok=True)
        build(read_source(SOURCES / source), path)
        print(f"{path.relative_to(DOCUMENTS.parent)}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
