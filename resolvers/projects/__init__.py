"""Projects: handing in deliverables, reading and judging them."""
