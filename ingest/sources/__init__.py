"""Which files there are, and what stands beside them."""
