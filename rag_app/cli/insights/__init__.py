"""The commands ``rag-app insights …``: what the vectors of a collection know."""
