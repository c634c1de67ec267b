"""Readers of Word, PowerPoint, Excel and RTF files."""
