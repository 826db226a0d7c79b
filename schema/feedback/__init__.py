"""Feedback in the schema."""
