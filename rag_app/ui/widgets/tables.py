"""A table on the page, wherever one is shown: in an answer, where it can be copied and downloaded,
and in a document that is read."""

from __future__ import annotations

from collections.abc import Sequence

# What the script of ``rag_app.ui.widgets.page_script`` does when they are pressed.
TOOLS = (
    '<span class="rag-table-tools">'
    '<button type="button" class="rag-icon" data-table="copy" aria-label="Copy table"'
    ' title="Copy table">content_copy</button>'
    '<button type="button" class="rag-icon" data-table="csv" aria-label="Download table as CSV"'
    ' title="Download as CSV">download</button></span>'
)


def table_html(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, has_tools: bool = False
) -> str:
    """A table of cells that are HTML already. Without ``heads``, the first cell of each row is its
    name."""
    top = ""
    if heads:
        cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
        top = f"<thead><tr>{cells}</tr></thead>"
    body = "".join(_row_html(row, is_named=not heads) for row in rows)
    return framed_html(f"<table>{top}<tbody>{body}</tbody></table>", has_tools=has_tools)


def framed_html(table: str, *, has_tools: bool) -> str:
    """A table in its frame, which scrolls where it is too wide, with what can be done with it."""
    return (
        f'<div class="rag-grid">{TOOLS if has_tools else ""}'
        f'<div class="rag-grid-scroll" tabindex="0" role="region" aria-label="Table">{table}</div>'
        "</div>"
    )


def _row_html(row: Sequence[str], *, is_named: bool) -> str:
    cells = [
        f'<th scope="row">{cell}</th>' if is_named and not number else f"<td>{cell}</td>"
        for number, cell in enumerate(row)
    ]
    return f"<tr>{''.join(cells)}</tr>"
