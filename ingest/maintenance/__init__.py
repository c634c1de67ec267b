"""What is done to a collection apart from ingesting: delete, re-embed, back up, check, watch."""
