"""Paper: handing in photographed forms, what the reading gives, a person's decision, and printed sheets."""
