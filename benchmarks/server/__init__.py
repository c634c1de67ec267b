"""The server for programs under load."""
