"""Builders for the sample documents; the prose itself lies in ``sources/``."""
