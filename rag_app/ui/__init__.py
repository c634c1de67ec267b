"""The chat in the browser. Only this package imports Streamlit."""
