"""The composer at the end of the page: questions, files, the filter and the model."""
