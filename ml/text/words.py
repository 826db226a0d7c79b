"""Words of English and character n-grams of Chinese, for counting. Standard library only."""

from __future__ import annotations

import re
from functools import lru_cache

from ml.text.folding import fold

_WORD = re.compile(r"[㐀-鿿]|[^\W\d_㐀-鿿]+(?:['’-]\w+)*|\d[\d.,%]*")
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*%?|[㐀-䶿一-鿿]+")

_STOP_TEXT = """
a an the and or but if so as of to in on at by for from with without about into onto over under after before
between during since until than then that this these those there here it its it's he she they them him her his
hers their theirs you your yours we us our ours i me my mine who whom whose which what when where why how is
are was were be been being am do does did done doing have has had having will would shall should can could may
might must not no nor very too also just only even again more most less least much many few such own same
other another each every all both any some up down out off because while although though however yet still per
via
"""
STOP_WORDS = frozenset(_STOP_TEXT.split())
STOP_CHARACTERS = frozenset("的了是在我有和就也都而及与着或之于把被让给对向从到为以其这那你他她它们个一不上下中后前时")


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A light English stem: plural, -ing, -ed and -ly endings off, so that forms of one word meet."""
    if len(word) <= 3 or not word.isascii() or word[0].isdigit():
        return word
    for ending, keep in (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("ly", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: -len(ending)] + keep
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "ls":
                base = base[:-1]
            return base.removesuffix("e") if len(base) > 3 else base
    if word.endswith("es") and len(word) > 4 and word[-3] in "sxzh":
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def tokens(text: str) -> list[str]:
    """Lower-case English words, numbers, and runs of Chinese characters, in order."""
    return _TOKEN.findall(fold(text))


def count_words(text: str) -> int:
    """English words, numbers and single Chinese characters."""
    return len(_WORD.findall(text))


def terms(text: str) -> list[str]:
    """What similarity counts: stems of English words and numbers; single Chinese characters and their pairs.

    Stop words are left out, and Chinese pairs of two stop characters. On Chinese this equals a dictionary segmenter
    for retrieval, without the dictionary.
    """
    found: list[str] = []
    for token in tokens(text):
        if token[0] >= "㐀":
            found.extend(character for character in token if character not in STOP_CHARACTERS)
            found.extend(
                token[i : i + 2]
                for i in range(len(token) - 1)
                if not (token[i] in STOP_CHARACTERS and token[i + 1] in STOP_CHARACTERS)
            )
        elif token not in STOP_WORDS:
            found.append(stem(token))
    return found


def concepts(text: str) -> frozenset[str]:
    """What a summary may cover: stems and pairs of neighbouring stems of English, pairs of Chinese characters.

    A stop word parts a pair, so that "clean room" is one and "clean and the room" is none.
    """
    found: set[str] = set()
    before = ""
    for token in tokens(text):
        if token[0] >= "㐀":
            pairs = (token[i : i + 2] for i in range(len(token) - 1))
            found.update(pair for pair in pairs if not STOP_CHARACTERS.issuperset(pair))
            before = ""
        elif token in STOP_WORDS:
            before = ""
        else:
            word = stem(token)
            found.add(word)
            if before:
                found.add(f"{before} {word}")
            before = word
    return frozenset(found)
