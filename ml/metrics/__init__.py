"""Deliverables become metrics with unit, scope, kind and place: pure functions, safe in a limited child process."""
