"""Speed and memory, beside what one would write or install instead."""
