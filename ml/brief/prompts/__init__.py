"""The wording that models are asked with, one file a version and language. A change of wording is a new version."""
