"""OpenDocument files, built by hand as LibreOffice writes them."""

from __future__ import annotations

from tests.ingest.load.samples import zipped

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "meta": "meta",
        "presentation": "presentation",
        "fo": "xsl-fo-compatible",
        "number": "datastyle",
        "chart": "chart",
    }.items()
)
_OTHERS = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_META = """<office:meta><dc:title>{title}</dc:title>
<meta:initial-creator>Anna</meta:initial-creator>
<meta:creation-date>2025-03-04T10:00:00</meta:creation-date></office:meta>"""


def root(kind: str, inner: str) -> str:
    """A part of a file: ``content``, ``styles`` or ``meta``."""
    return f"<office:document-{kind} {_NAMESPACES} {_OTHERS}>{inner}</office:document-{kind}>"


def opendocument(
    kind: str,
    body: str,
    *,
    automatic: str = "",
    styles: str = "",
    title: str = "",
    parts: dict[str, str | bytes] | None = None,
) -> bytes:
    """A file of a kind ("text", "spreadsheet", "presentation") with this body; ``automatic`` are
    the styles of its content, ``styles`` what stands in its own part for them."""
    content = (
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": root("content", content),
            "styles.xml": root("styles", styles),
            "meta.xml": root("meta", _META.format(title=title)),
            **(parts or {}),
        }
    )


def flat(kind: str, body: str) -> bytes:
    """The same as one XML file."""
    inner = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    names = f"{_NAMESPACES} {_OTHERS}"
    return f'<?xml version="1.0"?><office:document {names}>{inner}</office:document>'.encode()
