"""Fields of 40 contracts and invoices: ``python -m benchmarks.wholes.extract``."""
