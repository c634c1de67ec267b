"""The client of any OpenAI-compatible LLM. It knows nothing of passages."""
