"""What the page and the server for programs share: how they are reached, and what they take."""
