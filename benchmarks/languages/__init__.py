"""Questions in seven languages over documents in the same, and over documents in others."""
