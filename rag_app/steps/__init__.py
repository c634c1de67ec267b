"""Several steps to an answer: an LLM plans them with a few tools that read the collection."""
