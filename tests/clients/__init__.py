"""Real GraphQL clients against a running server."""
