"""The sources of an answer: where its words stand, shown below it and opened in the document."""
