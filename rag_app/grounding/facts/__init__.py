"""What a sentence claims that can be looked up: numbers, dates, times, codes and names."""
