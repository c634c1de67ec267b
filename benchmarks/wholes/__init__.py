"""Whole documents: summaries of meetings, and changes between versions."""
