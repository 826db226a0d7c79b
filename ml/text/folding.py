"""One form for comparison that keeps every offset, and the language of a text. Standard library only."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Language = Literal["zh", "en"]

_QUOTES = {
    "“": '"',
    "”": '"',
    "„": '"',
    "「": '"',
    "」": '"',
    "『": '"',
    "』": '"',
    "‘": "'",
    "’": "'",
    "—": "-",
    "–": "-",
}
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_ZH_SMALL = re.compile(r"[了的是不没在把给很都也又就太被让跟这那啊吧吗呢得还再才]")
_EN_SMALL = re.compile(
    r"\b(?:the|an?|and|or|of|to|in|on|at|for|with|by|is|are|was|were|be|has|have|had|it|its|this|that|he|she|we|they|"
    r"you|i|my|our|his|her|their|your|not|but|so|as|from|did|do)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    if character in _QUOTES:
        return _QUOTES[character]
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    lowered = folded.lower()
    return lowered if len(lowered) == 1 else folded


def fold(text: str) -> str:
    """The text with full-width forms, quotes and case made alike, character by character.

    The result has the same length, so an offset found in it is an offset in the original. A character whose
    normal form is longer than itself (such as ㎡) stays as it is.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


def normal(text: str) -> str:
    """NFKC, case folded, quotes alike, runs of white space as one blank: for equality, not for offsets."""
    compat = unicodedata.normalize("NFKC", text)
    return " ".join("".join(_QUOTES.get(character, character) for character in compat).casefold().split())


def language_of(text: str) -> Language:
    """`zh` when Chinese characters outnumber Latin words, else `en`; a text with neither counts as English.

    A Chinese sentence may name more things in Latin letters than it has characters (PR merge 了): small Chinese words
    make it Chinese, unless there are small English words as well.
    """
    han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
    if han > latin or (han and _ZH_SMALL.search(text) and not _EN_SMALL.search(text)):
        return "zh"
    return "en"
