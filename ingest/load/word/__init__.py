"""Readers of Word documents."""
