"""Answers in the background: made by the server, whatever page or tab is looked at, or none."""
