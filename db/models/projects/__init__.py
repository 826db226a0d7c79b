"""Projects: what is to be handed in, what was read in it, and how it is judged."""
