"""Text to tags, quality hints, briefs and their evidence; documents to metrics. Knows no database and no API."""
