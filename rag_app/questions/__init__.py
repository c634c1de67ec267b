"""What is done with the words of a question before anything is searched."""
