"""Tests of feedback through the API."""
