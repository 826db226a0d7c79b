"""Tests of `ml.metrics`."""
