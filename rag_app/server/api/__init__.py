"""The routes under ``/api``: all that the page can do, as JSON."""
