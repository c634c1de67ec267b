"""The routes under ``/v1``: those of OpenAI's API that a chat front end calls."""
