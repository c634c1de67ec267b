"""A question to its passages."""
