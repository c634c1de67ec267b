"""The web server of the page: its address, its login, its uploads."""
