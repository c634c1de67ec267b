"""Tuning the embedding model on a collection's own questions; adopted only where it is better.

from rag_app.tuning.tune import tune
report = tune(engine, ["questions.jsonl"])
"""
