"""Hostile files are read, and pages drawn, in child processes with limits."""
