"""The two languages of the product: everything that it says is written in both."""

from __future__ import annotations


def in_language(words: tuple[str, str], locale: str) -> str:
    """The Chinese or the English one of the words: `zh…` is Chinese, everything else English."""
    return words[0 if locale.startswith("zh") else 1]
