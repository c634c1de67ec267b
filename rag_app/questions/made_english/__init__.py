"""Questions made of documents by rules for English."""
