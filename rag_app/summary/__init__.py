"""What a whole document says, or a whole collection: in sentences of its own, or by an LLM."""
