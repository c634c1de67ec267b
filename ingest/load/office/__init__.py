"""Readers of PowerPoint and RTF files, and what Office files have in common."""
