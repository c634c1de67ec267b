"""Recorded answers made again, and what changed."""
