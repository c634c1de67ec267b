"""Readers of OpenDocument files (ISO/IEC 26300), as LibreOffice writes them: text, sheets, slides."""
