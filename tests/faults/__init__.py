"""Kills, stalls, races and hostile input."""
