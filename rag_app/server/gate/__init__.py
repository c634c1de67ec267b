"""What stands before the routes: keys and their limits, bodies, errors, and what is noted."""
