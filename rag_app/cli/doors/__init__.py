"""The commands that let other programs in."""
