"""Tuning the embedding model on a collection's own questions; adopted only where it is better."""
