"""Jobs of projects."""
