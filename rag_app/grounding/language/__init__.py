"""What the check of sentences knows of languages."""
