"""Tests of reading paper."""
