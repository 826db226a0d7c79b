"""Who a segment is about and whether it opens with an act: the words and forms that tell. Standard library only."""

from __future__ import annotations

import re
from functools import lru_cache

from ml.assist.lexicon import chinese, english
from ml.text.folding import Language
from ml.text.words import stem


def longest_first(words: tuple[str, ...] | frozenset[str]) -> re.Pattern[str]:
    """One pattern for the words, in which a longer word wins over its beginning."""
    return re.compile("|".join(map(re.escape, sorted(set(words), key=lambda word: (-len(word), word)))))


ZH_ACTION = longest_first(chinese.ACTIONS)
EN_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")


@lru_cache(maxsize=8192)
def english_verb(word: str) -> bool:
    """Whether a lower-case word is a form of a verb for an act that could be filmed."""
    if word in english.IRREGULAR or word in english.ACTIONS:
        return True
    if word.endswith(("ed", "s")):
        base = stem(word)
        return any(
            form in english.ACTIONS for form in (base, base + "e", word.removesuffix("s"), word.removesuffix("es"))
        )
    return False


SUBJECTS = ("none", "you", "third", "first", "other", "this")
"""Who a segment is about, by its first words. A change of subject after an act is the mark of its effect."""
_EN_LINK = re.compile(
    r"(?:(?:and|but|so|that|which|because|since|after|when|while|then|also|yet|although|though|as|however|,)\s+)+"
)
_EN_SUBJECT = (
    ("you", re.compile(r"(?:you|your)\b")),
    ("third", re.compile(r"(?:she|he|her|his|mr|mrs|ms)\b")),
    ("first", re.compile(r"(?:i|we|my|our|me|us)\b")),
    ("this", re.compile(r"(?:this|that|it|which)\b")),
)
_ZH_LINK = re.compile(
    r"(?:但是?|不过|可是?|然而|却|而且|并且?|所以|因此|结果|于是|使得|因为|还|也|就|又|最终|最后|后来|之后)+"
)
_ZH_SUBJECT = (
    ("you", re.compile(r"[你您]")),
    ("third", re.compile(r"[他她]|[老小阿][一-鿿]|[一-鿿]{1,2}(?:老师|护士|经理|师傅|工)")),
    ("first", re.compile(r"我|咱")),
    ("this", re.compile(r"[这那此]")),
)
_ZH_VERB_LEAD = re.compile(r"把|给|将|没|不|未|被|主动|提前|及时|亲自|重新|逐|再|在|对|向|为|跟|与|让|用|拿|靠")


def subject_of(part: str, action_first: bool, named: bool, language: Language) -> str:
    """The kind of subject that a folded segment opens with; `none` when it opens with what was done."""
    link = (_ZH_LINK if language == "zh" else _EN_LINK).match(part)
    rest = part[link.end() :] if link else part
    for name, pattern in _ZH_SUBJECT if language == "zh" else _EN_SUBJECT:
        if pattern.match(rest):
            return name
    if language == "zh":
        action = ZH_ACTION.match(rest)
        return (
            "none"
            if _ZH_VERB_LEAD.match(rest) or (action and len(action.group()) > 1)
            else "third"
            if named
            else "other"
        )
    first = EN_WORD.match(rest)
    if first is None or english_verb(first.group()) or first.group().endswith("ed"):
        return "none"
    return "third" if named and not rest.startswith(("the ", "a ", "an ")) else "other"
