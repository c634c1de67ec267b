"""Classes from a few examples: learned, predicted, checked, and written down as a field."""
