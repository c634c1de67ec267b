"""Evidence to an answer: quotes, an LLM's words, or a refusal."""
