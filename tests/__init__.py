"""Tests of Throughline, in folders that mirror its own."""
