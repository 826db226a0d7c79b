"""Engines that draft a brief behind one protocol: extractive (default), a local chat model, a compatible server."""
