"""Two documents side by side: what only one says, and what both say in other words or numbers."""
