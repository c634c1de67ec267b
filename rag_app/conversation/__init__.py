"""Conversations: their records, the file that keeps them, and their export."""
