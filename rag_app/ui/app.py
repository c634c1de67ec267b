"""The script that Streamlit runs, from the top, for every click. The page is in modules."""

from rag_app.ui.page import show_page

show_page()
