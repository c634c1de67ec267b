"""Authentication: who may use the page."""
