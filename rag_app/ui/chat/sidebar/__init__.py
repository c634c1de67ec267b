"""The sidebar of the chat: the conversations that are kept, and the documents."""
