"""Deliverables become metrics: values with unit, scope, kind and place. Pure functions, safe in a limited child process."""
