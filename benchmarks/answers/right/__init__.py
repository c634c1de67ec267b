"""Right answers of an LLM, given to the program in its place; and what becomes of them."""
