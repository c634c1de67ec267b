"""Which reader a file gets: by its content. The name decides between formats that are all text."""

from __future__ import annotations

import json
import re
from pathlib import PurePath

from ingest.errors import BrokenFile, EmptyFile, UnknownFormat
from ingest.load.formats.containers import ARCHIVE, OLE, ZIP, ole_format, zip_format
from ingest.load.formats.signatures import binary_kind, is_archive, is_binary, is_picture

MODULES = {
    "pdf": "ingest.load.pdf.read",
    "image": "ingest.load.image.read",
    "docx": "ingest.load.word.docx",
    "pptx": "ingest.load.office.pptx",
    "xlsx": "ingest.load.sheets.xlsx",
    "xlsb": "ingest.load.sheets.xlsb",
    "doc": "ingest.load.office.before_2007",
    "ppt": "ingest.load.office.before_2007",
    "xls": "ingest.load.sheets.xls",
    "odt": "ingest.load.opendocument.text",
    "odp": "ingest.load.opendocument.slides",
    "ods": "ingest.load.opendocument.sheets",
    "epub": "ingest.load.web.epub",
    "rtf": "ingest.load.office.rtf",
    "email": "ingest.load.mail.message",
    "mbox": "ingest.load.mail.mbox",
    "msg": "ingest.load.mail.outlook",
    "markdown": "ingest.load.web.markdown",
    "html": "ingest.load.web.html",
    "rst": "ingest.load.markup.rst",
    "latex": "ingest.load.markup.latex",
    "org": "ingest.load.markup.org",
    "asciidoc": "ingest.load.markup.asciidoc",
    "csv": "ingest.load.plain.csv",
    "json": "ingest.load.plain.json",
    "jsonl": "ingest.load.plain.jsonl",
    "notebook": "ingest.load.plain.notebook",
    "contacts": "ingest.load.plain.contacts",
    "subtitles": "ingest.load.plain.subtitles",
    "feed": "ingest.load.web.feed",
    "svg": "ingest.load.web.svg",
    "code": "ingest.load.plain.source_code",
    "text": "ingest.load.plain.text",
}
"""The module of each format: it has ``read(data: bytes, name: str) -> LoadedDocument``."""

_CODE = (
    ".py .pyi .js .mjs .jsx .ts .tsx .java .kt .scala .c .h .cc .cpp .hpp .cs .go .rs .rb .php "
    ".swift .m .r .jl .lua .pl .sh .bash .ps1 .bat .sql .yaml .yml .toml .ini .cfg .conf "
    ".properties .xml .xsd .css .scss .bib .proto .graphql .tf .gradle .vue .diff .patch"
)
_SUFFIXES = {
    "pdf": ".pdf",
    "docx": ".docx .docm .dotx .dotm",
    "pptx": ".pptx .pptm .ppsx .ppsm .potx .potm",
    "xlsx": ".xlsx .xlsm .xltx .xltm",
    "xlsb": ".xlsb",
    "doc": ".doc .dot",
    "ppt": ".ppt .pps .pot",
    "xls": ".xls .xlt",
    "odt": ".odt .ott .fodt",
    "ods": ".ods .ots .fods",
    "odp": ".odp .otp .fodp",
    "epub": ".epub",
    "rtf": ".rtf",
    "email": ".eml .mht .mhtml",
    "mbox": ".mbox",
    "msg": ".msg",
    "markdown": ".md .markdown",
    "html": ".html .htm .xhtml",
    "rst": ".rst .rest",
    "latex": ".tex .latex .ltx",
    "org": ".org",
    "asciidoc": ".adoc .asciidoc",
    "csv": ".csv .tsv .tab",
    "json": ".json",
    "jsonl": ".jsonl .ndjson",
    "image": ".png .jpg .jpeg .tif .tiff .webp .bmp .gif",
    "notebook": ".ipynb",
    "contacts": ".ics .vcf",
    "subtitles": ".srt .vtt",
    "feed": ".rss .atom",
    "svg": ".svg",
    "text": ".txt .text .log",
    ARCHIVE: ".zip .tar .tgz .gz .tbz2 .bz2 .txz .xz .7z",
    "code": _CODE,
}
FORMATS = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
"""The format of each suffix, in lower case."""

BEGINNING = 4096
"""How many bytes of a file tell most about it."""

# Formats that are told by their content alone, in the words of a complaint.
_PROMISES = {
    "pdf": "a PDF",
    "image": "a picture",
    "docx": "a Word document",
    "pptx": "a PowerPoint presentation",
    "xlsx": "an Excel workbook",
    "xlsb": "an Excel workbook",
    "doc": "a Word document",
    "ppt": "a PowerPoint presentation",
    "xls": "an Excel workbook",
    "odt": "an OpenDocument text",
    "odp": "an OpenDocument presentation",
    "ods": "an OpenDocument spreadsheet",
    "epub": "an EPUB book",
    "rtf": "an RTF document",
    "msg": "an Outlook message",
}
# Those whose names other programs give to plain text, or to tables.
_OLD = {"doc": "text", "ppt": "text", "xls": "csv"}
_FLAT = (".fodt", ".fods", ".fodp")
# Names that say no more than "text".
_NEUTRAL = (".txt", ".text", "")
# Readers of PDF accept some bytes before the header: ISO 32000-1, annex H, note 13.
_PDF_HEADER_WITHIN = 1024
# Parsing a larger file only to find out what it is would cost too much.
_MOST_JSON = 1_000_000

# Comments are taken whole and never tried again in another way: this runs on hostile files.
_BEFORE = r"(?:<\?xml[^>]*>\s*)?(?>(?:<!--(?>.*?-->)\s*)*)"
_HTML = re.compile(
    _BEFORE + r"<(?:!doctype html|(?:html|head|body|title|meta)\b)", re.IGNORECASE | re.DOTALL
)
# A whole page, which a text that quotes HTML is not.
_PAGE = re.compile(_BEFORE + r"<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(_BEFORE + r"(?:<!doctype svg[^>]*>\s*)?<svg\b", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(_BEFORE + r"<(?:rss|feed|rdf:RDF)\b")
_MBOX = re.compile(r"From \S+ (?=.*\d{4})[^\n]*\n[\w-]+:", re.A)
_HEADER = re.compile(r"([A-Za-z][\w-]*):(?: |\t|\r?\n[ \t])", re.A)
_MAIL_HEADERS = frozenset(
    "from to cc subject date message-id mime-version received return-path delivered-to".split()
)
_ENOUGH_MAIL_HEADERS = 3


def detect(data: bytes | bytearray, name: str) -> str:
    """The format to read the data as: a key of ``MODULES``, or ``ARCHIVE``, a packed folder.

    Raises EmptyFile; UnknownFormat, which says what the data is, if no reader fits; and
    BrokenFile if it is damaged or not at all what the name says.
    """
    if not data or data.isspace():
        raise EmptyFile("the file has nothing but white space" if data else "the file is empty")
    suffix = PurePath(name).suffix.lower()
    promised = FORMATS.get(suffix)
    beginning = data[:_PDF_HEADER_WITHIN]
    if beginning.startswith(b"%PDF-") or (promised == "pdf" and b"%PDF" in beginning):
        return "pdf"
    if data.startswith(OLE):
        return ole_format(data)
    if data.startswith(ZIP):
        return _zip(data, suffix)
    if beginning.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if is_picture(bytes(data[:BEGINNING])):
        return "image"
    if is_archive(bytes(data[:BEGINNING])) and promised not in _PROMISES:
        return ARCHIVE
    refuse_binary(bytes(data[:BEGINNING]), name)
    start = _start(data)
    if promised in _PROMISES:
        if _HTML.match(start):
            return "html"
        if suffix in _FLAT and "<office:document" in start:
            return str(promised)
        if promised in _OLD and not is_binary(bytes(data[:BEGINNING])):
            return _OLD[promised]
        raise BrokenFile(f"named {suffix} but is not {_PROMISES[promised]}")
    if suffix == ".xml" and _FEED.match(start):
        return "feed"
    if promised is not None and suffix not in _NEUTRAL:
        return promised
    return _text_format(data, start)


def refuse_binary(beginning: bytes, name: str) -> None:
    """Raise UnknownFormat or BrokenFile if a file that begins like this is no document."""
    suffix = PurePath(name).suffix.lower()
    promised = FORMATS.get(suffix)
    if is_picture(beginning) or (is_archive(beginning) and promised not in _PROMISES):
        return
    kind = binary_kind(beginning)
    if kind is None:
        if promised is None and is_binary(beginning) and not beginning.startswith((*ZIP, OLE)):
            if suffix:
                raise UnknownFormat(f"{suffix} files aren't supported")
            raise UnknownFormat("this kind of file isn't supported")
        return
    if promised is None:
        raise UnknownFormat(f"this kind of file isn't supported: {kind}")
    if promised in _PROMISES:
        raise BrokenFile(f"named {suffix} but is not {_PROMISES[promised]} ({kind})")
    raise BrokenFile(f"binary data ({kind}), not text")


def _zip(data: bytes | bytearray, suffix: str) -> str:
    found = zip_format(bytes(data))
    promised = FORMATS.get(suffix)
    if found == ARCHIVE and promised in _PROMISES:
        raise BrokenFile(f"named {suffix} but is not {_PROMISES[promised]}")
    return found


def _start(data: bytes | bytearray) -> str:
    """The beginning of a text, read well enough to see the signs of ASCII in it."""
    beginning = data[:BEGINNING]
    if beginning.startswith(b"\xff\xfe"):
        text = beginning.decode("utf-16-le", errors="replace")
    elif beginning.startswith(b"\xfe\xff"):
        text = beginning.decode("utf-16-be", errors="replace")
    else:
        text = beginning.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return text.lstrip("\ufeff \t\r\n")


def _text_format(data: bytes | bytearray, start: str) -> str:
    """The format of a text whose name says nothing."""
    if _SVG.match(start):
        return "svg"
    if _PAGE.match(start):
        return "html"
    if _MBOX.match(start):
        return "mbox"
    if _looks_like_mail(start):
        return "email"
    if start.startswith(("<?xml", "#!")):
        return "code"
    if start.startswith(("{", "[")):
        return _json_format(data) or "text"
    return "text"


def _looks_like_mail(start: str) -> bool:
    """Whether a text begins with the header lines of a message, the sender among them."""
    header = re.split(r"\r?\n\r?\n", start, maxsplit=1)[0]
    if not _HEADER.match(header):
        return False
    found = {match.group(1).lower() for match in re.finditer(rf"(?m)^{_HEADER.pattern}", header)}
    return "from" in found and len(found & _MAIL_HEADERS) >= _ENOUGH_MAIL_HEADERS


def _json_format(data: bytes | bytearray) -> str | None:
    if len(data) <= _MOST_JSON and _is_json(data):
        return "json"
    lines = data[:_MOST_JSON].split(b"\n", 3)[:3]
    if len(lines) == 3 and all(_is_json(line) for line in lines[:2]):
        return "jsonl"
    return None


def _is_json(data: bytes | bytearray) -> bool:
    try:
        return isinstance(json.loads(data), dict | list)
    except (ValueError, RecursionError):
        return False
