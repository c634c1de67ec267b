"""Questions made of what documents say, by rules for each language that has some."""
