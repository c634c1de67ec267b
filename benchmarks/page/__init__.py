"""The page in a browser: how quick it is, and what hostile strings do to it."""
