"""Everyday questions over the documents of one company: README.md says what is here."""
