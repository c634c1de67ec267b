"""A table on the page, wherever one is shown: in an answer, where it can be copied and downloaded,
and in a document that is read."""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.messages import say


# What the script of ``rag_app.ui.widgets.page_script`` does when they are pressed.
def tools_html() -> str:
    """The buttons above a table that was made for an answer."""
    copies, done = say("Copy table"), say("Copied")
    saves, title = say("Download table as CSV"), say("Download as CSV")
    return (
        '<span class="rag-table-tools">'
        f'<button type="button" class="rag-icon" data-table="copy" aria-label="{copies}"'
        f' title="{copies}" data-copied="{done}">content_copy</button>'
        f'<button type="button" class="rag-icon" data-table="csv" aria-label="{saves}"'
        f' title="{title}">download</button></span>'
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
    name = say("Table")
    return (
        f'<div class="rag-grid">{tools_html() if has_tools else ""}'
        f'<div class="rag-grid-scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>'
        "</div>"
    )


def _row_html(row: Sequence[str], *, is_named: bool) -> str:
    cells = [
        f'<th scope="row">{cell}</th>' if is_named and not number else f"<td>{cell}</td>"
        for number, cell in enumerate(row)
    ]
    return f"<tr>{''.join(cells)}</tr>"
