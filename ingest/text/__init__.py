"""What can be done with any text: sentences, words, its language, and phrases for a reader."""
