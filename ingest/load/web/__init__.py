"""Readers of HTML, Markdown and EPUB."""
