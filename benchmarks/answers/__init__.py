"""How good answers, citations and refusals are."""
