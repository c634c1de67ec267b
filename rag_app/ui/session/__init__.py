"""What the page remembers for one session."""
