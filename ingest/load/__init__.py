"""Loaders: a file goes in, its text with structure, pages and metadata comes out.

``ingest.load.read`` is the way in. Each format has a module with
``read(data: bytes, name: str) -> LoadedDocument``, a pure function; the table of them is in
``ingest.load.formats.detect``.
"""
