"""Optical character recognition: the lines of text on a picture, by RapidOCR."""
