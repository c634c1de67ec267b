"""Passages to sentences, and how sure it is that they answer."""
