"""Questions that name several things, in parts, by rules for each language that has some."""
