"""Projects: whose deliverables a viewer may see, and what belongs to them."""
