"""Questions about the whole collection: counted, not searched."""
