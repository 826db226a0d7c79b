"""Held-out labelled feedback notes: they judge the writing help and are never used to tune or train it."""
