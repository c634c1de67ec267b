"""Readers of OpenDocument files (ISO/IEC 26300): texts, spreadsheets and presentations."""
