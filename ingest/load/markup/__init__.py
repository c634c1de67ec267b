"""Readers of texts with marks: reStructuredText, LaTeX, Org, AsciiDoc. Equations stay LaTeX."""
