"""Calibration of the refusal: thresholds fitted to one's own collection."""
