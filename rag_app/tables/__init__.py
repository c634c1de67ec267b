"""Questions that tables answer: planned by rules, computed exactly, every row cited."""
