"""The server for programs: an OpenAI-compatible address and REST, as thin faces of the engine."""
