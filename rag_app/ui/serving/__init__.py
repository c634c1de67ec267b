"""The page as a server: its address, its login, its uploads."""
