"""The server for programs, over loopback."""
