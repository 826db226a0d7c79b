"""A company's own form: from its blank to a template that a person can correct and publish."""
