"""The demonstration: one photographed form becomes a confirmed review."""
