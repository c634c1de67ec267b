"""Counting and listing over 1,000 documents, in a hundred phrasings."""
