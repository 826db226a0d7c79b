"""Deliverables with labels: what the readers of `ml.metrics` are measured on. Labels came before the readers."""
