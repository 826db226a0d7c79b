"""Tests of the GraphQL contract and its HTTP entry."""
