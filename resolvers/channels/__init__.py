"""Carrying notifications on from the inbox to other systems."""
