"""Bias audit: what the model associates with groups, and what a group's name in a question
changes."""
