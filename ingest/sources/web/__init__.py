"""Web pages by the addresses that a user gave."""
