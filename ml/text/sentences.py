"""Sentences of Chinese, English and mixed text, as offsets into it. Standard library only."""

from __future__ import annotations

import re
from typing import NamedTuple

from ml.text.folding import fold


class Span(NamedTuple):
    """Half-open range of character offsets."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


_ABBREVIATION_TEXT = """
mr mrs ms dr prof st no nr vs etc e.g i.e eg ie approx dept fig inc ltd co corp jr sr vol p pp ca a.m p.m u.s
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_TEXT.split())
_END = re.compile(r"[。！？!?；;…]+|\.+|\n+|[ \t]{3,}")
_CLOSERS = "\"')]}」』）】》”’"
_BULLET = re.compile(r"(?:[-*•·●▪]|\(?\d{1,2}[.)、]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]、)\s*")


def _is_full_stop(text: str, at: int, end: int) -> bool:
    """Whether the dots at `at` end a sentence: not in a decimal, version, host name, initial or abbreviation."""
    if end - at > 1:
        return True
    following = text[end : end + 1]
    if following and not following.isspace() and following not in _CLOSERS:
        # "v2.1", "3.5", "www.example.org"; Chinese writers end sentences with a half-width dot too
        return not following.isascii()
    if re.search(r"(?:^|\n)\s*\d{1,2}$", text[max(0, at - 6) : at]):
        return False  # "1." numbers a list
    before = re.search(r"[A-Za-z.]+$", text[max(0, at - 12) : at])
    word = before.group().lower() if before else ""
    if word in _ABBREVIATIONS:
        rest = text[end:].lstrip()
        # "at 3 a.m. We left" ends there, "at 3 a.m. on Monday" does not
        return word in {"a.m", "p.m", "etc"} and (not rest or rest[0].isupper())
    return not (len(word) == 1 and word.isalpha() and text[at - 1].isupper() and bool(text[end:].strip()))


def sentences(text: str) -> list[Span]:
    """The sentences in order, without surrounding white space and list bullets; an empty text has none."""
    folded = fold(text)
    spans: list[Span] = []
    start = 0

    def close(end: int) -> None:
        left, right = start, end
        while left < right and text[left].isspace():
            left += 1
        bullet = _BULLET.match(folded, left, right)
        if bullet and bullet.end() < right:
            left = bullet.end()
        while right > left and text[right - 1].isspace():
            right -= 1
        if any(character.isalnum() for character in text[left:right]):
            spans.append(Span(left, right))

    for match in _END.finditer(folded):
        if match.start() < start:
            continue
        if match.group()[0] == "." and not _is_full_stop(text, match.start(), match.end()):
            continue
        end = match.end()
        while end < len(text) and folded[end] in _CLOSERS and text[end] not in "“‘「『":
            if folded[end] in "\"'" and folded.count(folded[end], start, end) % 2 == 0:
                break
            end += 1
        close(end)
        start = end
    close(len(text))
    return spans
