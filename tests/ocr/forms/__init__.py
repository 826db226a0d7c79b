"""Tests of forms: their geometry, their blanks, their stamps."""
