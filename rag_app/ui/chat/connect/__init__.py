"""The dialog that connects an LLM."""
