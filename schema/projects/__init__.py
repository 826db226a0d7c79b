"""Projects in the schema."""
