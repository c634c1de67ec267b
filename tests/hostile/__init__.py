"""Hostile inputs by kind, made from seeds."""
