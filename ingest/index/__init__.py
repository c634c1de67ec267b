"""The vector index: Chroma, derived from the catalog and rebuilt from it."""
