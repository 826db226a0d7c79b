"""Counting characters as people do: 👩‍👩‍👧 and é and 한 are one each.

The rules are those of Unicode Standard Annex #29 for extended grapheme clusters, with the properties that the
standard library does not carry (pictographs, prepended marks) written as ranges.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_PICTOGRAPHS = (
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139),
    (0x2194, 0x21AA), (0x231A, 0x23FF), (0x24C2, 0x24C2), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935),
    (0x2B05, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3297), (0x3299, 0x3299), (0x1F000, 0x1F0FF),
    (0x1F10D, 0x1F10F), (0x1F12F, 0x1F12F), (0x1F16C, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E),
    (0x1F191, 0x1F19A), (0x1F1AD, 0x1F1E5), (0x1F201, 0x1F20F), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F),
    (0x1F232, 0x1F23A), (0x1F23C, 0x1F23F), (0x1F249, 0x1F3FA), (0x1F400, 0x1F53D), (0x1F546, 0x1F64F),
    (0x1F680, 0x1F6FF), (0x1F774, 0x1F77F), (0x1F7D5, 0x1F7FF), (0x1F80C, 0x1F80F), (0x1F848, 0x1F84F),
    (0x1F85A, 0x1F85F), (0x1F888, 0x1F88F), (0x1F8AE, 0x1F8FF), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945),
    (0x1F947, 0x1FAFF), (0x1FC00, 0x1FFFD),
)  # fmt: skip
_PREPENDED = (
    (0x600, 0x605), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0xD4E, 0xD4E),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x111C2, 0x111C3), (0x1193F, 0x1193F), (0x11941, 0x11941),
    (0x11A3A, 0x11A3A), (0x11A84, 0x11A89), (0x11D46, 0x11D46), (0x11F02, 0x11F02),
)  # fmt: skip


def count_graphemes(text: str) -> int:
    """How many characters a person sees in the text."""
    return sum(1 for _ in _starts(text))


def _starts(text: str) -> list[int]:
    starts: list[int] = []
    flags = 0  # regional indicators in a row, up to the character before this one
    pictograph = False  # the cluster so far is a pictograph and marks
    for index, character in enumerate(text):
        before = text[index - 1] if index else ""
        regional = _is_regional(character)
        if not index or not _joined(before, character, pictograph, flags):
            starts.append(index)
            pictograph = _within(character, _PICTOGRAPHS)
            flags = 1 if regional else 0
        else:
            flags = flags + 1 if regional else 0
            pictograph = _within(character, _PICTOGRAPHS) or (pictograph and _extends(character))
    return starts


def _joined(before: str, after: str, pictograph: bool, flags: int) -> bool:
    """Whether the annex forbids a boundary between two neighbours (its rules GB3 to GB13)."""
    if before == "\r" and after == "\n":
        return True
    if _is_control(before) or _is_control(after):
        return False
    if _extends(after) or unicodedata.category(after) == "Mc" or _within(before, _PREPENDED):
        return True
    if before == _JOINER and pictograph and _within(after, _PICTOGRAPHS):
        return True
    if _is_regional(before) and _is_regional(after):
        return flags % 2 == 1
    return _hangul_joined(before, after)


def _extends(character: str) -> bool:
    return (
        character == _JOINER
        or unicodedata.category(character) in {"Mn", "Me"}
        or 0x1F3FB <= ord(character) <= 0x1F3FF
        or character in "\u200c\uff9e\uff9f"
        or 0xE0020 <= ord(character) <= 0xE007F
    )


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} or (
        unicodedata.category(character) == "Cf"
        and character not in "\u200c\u200d"
        and not _within(character, _PREPENDED)
        and not 0xE0020 <= ord(character) <= 0xE007F
    )


def _is_regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _hangul_joined(before: str, after: str) -> bool:
    first, second = _hangul(before), _hangul(after)
    return (
        (first == "L" and second in {"L", "V", "LV", "LVT"})
        or (first in {"LV", "V"} and second in {"V", "T"})
        or (first in {"LVT", "T"} and second == "T")
    )


def _hangul(character: str) -> str:
    code = ord(character)
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    for kind, ranges in (
        ("L", ((0x1100, 0x115F), (0xA960, 0xA97C))),
        ("V", ((0x1160, 0x11A7), (0xD7B0, 0xD7C6))),
        ("T", ((0x11A8, 0x11FF), (0xD7CB, 0xD7FB))),
    ):
        if _within(character, ranges):
            return kind
    return ""


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in ranges)
