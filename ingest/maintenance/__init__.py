"""Maintenance of a collection: delete, re-embed, back up, restore, check, watch."""
