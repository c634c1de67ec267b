"""Quotes and refusals on sets of many kinds: ``python -m benchmarks.answers.broad``."""
