"""Does the passage say so? Citations, and whether they support their sentences."""
