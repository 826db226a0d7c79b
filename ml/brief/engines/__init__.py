"""Engines that draft a brief, behind one protocol: extractive (default), a local chat model, an OpenAI-compatible server."""
