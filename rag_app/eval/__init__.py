"""How well search and answers do, against questions whose answers are known."""
