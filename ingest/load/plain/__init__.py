"""Readers of plain text, source code, CSV and JSON."""
