"""Deliverables with labels: what the readers of `ml.metrics` are measured on. Labels were written before the readers."""
