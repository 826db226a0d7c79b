"""Whether a text shows anything to whoever reads it."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
"""Controls, format characters such as the zero-width ones, spaces, and marks without a letter under them. Not Cn: what
this Python does not know yet may be next year's emoji."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that Unicode draws as nothing: the Hangul fillers and the empty Braille pattern."""


def is_blank(text: str) -> bool:
    """True for a text of nothing but white space and characters that are not seen."""
    return all(character in _BLANK_LETTERS or unicodedata.category(character) in _UNSEEN for character in text)
