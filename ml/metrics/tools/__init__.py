"""Exact readers of tools' own output formats, recognised by content."""
