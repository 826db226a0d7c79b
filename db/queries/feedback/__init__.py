"""What a viewer may see of feedback."""
