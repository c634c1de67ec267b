"""Follow-up questions made to stand alone, by rules for each language that has some."""
