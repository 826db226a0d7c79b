"""Fact briefs: asked for, collected, written by a worker, and read with every source checked again."""
