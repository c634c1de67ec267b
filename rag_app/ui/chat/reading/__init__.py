"""The reading pane beside the answers: a document, opened at the words that a source cites."""
