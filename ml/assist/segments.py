"""A note cut into segments: the smallest stretches that tell when, what somebody did, or what came of it."""

from __future__ import annotations

import re
from itertools import pairwise

from ml.assist.lexicon import chinese, english
from ml.text.folding import Language, fold
from ml.text.sentences import Span, sentences

_EN_PRONOUN = r"(?:you|she|he|we|they|i|it)"
_EN_COMMA = re.compile(r"[,;:](?=\s)|\s[-/]\s|[，；：]")
_EN_CONNECTIVE = re.compile(rf"(?<=\s)(?:{english.IMPACT_START})\b")
_EN_CLAUSE = re.compile(
    r"(?<=\s)(?:during|throughout|while|when|whenever|before|after|since|because|until|ahead of|following|"
    r"thanks to|but|yet|although|though)\s"
)
_EN_PHRASE = re.compile(
    rf"(?<=\s)(?:(?:(?:on|in|at|for|over|since|by|from|across|between|right after|this|"
    rf"last)\s(?:[\w'’-]+\s){{0,4}}?|last\s|this\s|yesterday'?s?\s?)"
    rf"(?:{english.TIMES}|{english.EVENTS}|\d{{1,2}}(?:st|nd|rd|th)|"
    rf"\d{{1,2}}\s(?:of\s)?(?:{english.TIMES})|(?<=\bat\s)\d{{1,2}}(?![\d.%]|\sper))(?:'s)?(?:\s(?:{english.EVENTS}|{english.TIMES}|\d+))*\b|"
    rf"yesterday\b|(?:in|since|until|by|from|of)\smay\b|on\sthe\s\d{{1,2}}(?:st|nd|rd|th)|(?:last|this|"
    rf"next)\s(?:week|month|quarter|year|sprint|night)\b)"
)
_EN_LEAD = re.compile(
    r"(?:in|on|at|during|throughout|for|over|across|before|ahead of|last|this|yesterday|following|after)\b"
)
_EN_SUBJECT = re.compile(rf"(?<=\s){_EN_PRONOUN}\s(?!and\b)")
_ZH_COMMA = re.compile(r"[,，;；:：。]|\s{1,}|——?")
_ZH_CONNECTIVE = re.compile(r"(?:所以|因此|因而|从而|使得|导致|以致|以至于|结果是?|但是?|不过|可是|然而|却)")
_ZH_LEAD_END = re.compile(
    rf"(?:时候|时|期间|之后|以后|后|之前|前夜|前|过程中|中|里|上|那天|那次|那晚|那周|那几天|当天|当晚|夜班|"
    rf"早班|白班|期间|交班|查房|{chinese.TIMES})(?=你|您|他|她|我|大家|小[一-鿿]|老[一-鿿]|[一-鿿]{{2,3}}(?:把|"
    rf"给|将|主动|没|忘|被|用|在|对|带))"
)
_ZH_LEAD_TIME = re.compile(
    r"(?:在|自|从)?(?:\d{4}年)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|初|底|中旬|上旬|"
    r"下旬)?(?:\d{1,2}[日号])?(?:[和至到、-]\d{1,2}[日号])?|第?[一二三四1-4]季度|上半年|下半年|上个?季度|"
    r"本季度|去年|今年|昨[天晚]|前天|今[天早]|上周[一二三四五六日末]?|周[一二三四五六日末]|本周|这周|上个?月|"
    r"本月|本迭代|上个?迭代)"
    r"(?:早上|上午|中午|下午|傍晚|晚上|夜里|凌晨|晚|夜班|早班|晚班|白班|会上|站会上|例会上|期间)?(?:里|中|"
    r"以来)?(?![的初底末目和与计])"
)


def _english_cuts(folded: str, span: Span) -> set[int]:
    cuts = {match.end() for match in _EN_COMMA.finditer(folded, *span)}
    for pattern in (_EN_CONNECTIVE, _EN_CLAUSE, _EN_PHRASE):
        cuts.update(match.start() for match in pattern.finditer(folded, *span))
    # "During the audit she answered": the subject ends the phrase that leads the sentence
    for start in sorted({span.start, *cuts}):
        lead = _EN_LEAD.match(folded, _skip_blanks(folded, start))
        if lead:
            end = min((cut for cut in cuts if cut > lead.end()), default=span.end)
            subject = _EN_SUBJECT.search(folded, lead.end(), end)
            if subject and subject.start() - lead.end() > 3 and lead.group() not in {"before", "after"}:
                cuts.add(subject.start())
    return cuts


def _chinese_cuts(folded: str, span: Span) -> set[int]:
    cuts = {match.end() for match in _ZH_COMMA.finditer(folded, *span)}
    for match in _ZH_CONNECTIVE.finditer(folded, *span):
        cuts.add(match.start())
    for start in sorted({span.start, *cuts}):
        end = min((cut for cut in cuts if cut > start), default=span.end)
        dated = _ZH_LEAD_TIME.match(folded, start, end)
        if dated and end - dated.end() >= 3:
            cuts.add(dated.end())
            continue
        lead = _ZH_LEAD_END.search(folded, start, end)
        if lead and lead.end() - start >= 2:
            cuts.add(lead.end())
    return cuts


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def segments(text: str, language: Language) -> list[list[Span]]:
    """The segments of each sentence, in order; each is trimmed of blanks and of punctuation at its ends."""
    folded = fold(text)
    result: list[list[Span]] = []
    for sentence in sentences(text):
        cuts = (_chinese_cuts if language == "zh" else _english_cuts)(folded, sentence)
        bounds = [sentence.start, *sorted(cut for cut in cuts if sentence.start < cut < sentence.end), sentence.end]
        pieces = [trimmed(text, Span(left, right)) for left, right in pairwise(bounds)]
        kept = [piece for piece in pieces if any(character.isalnum() for character in piece.of(text))]
        if kept:
            result.append(kept)
    return result


_EDGE = set(" \t\r\n,，;；:：。.!！?？、-—…")


def trimmed(text: str, span: Span) -> Span:
    """The span without blanks and separating punctuation at its ends."""
    start, end = span
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return Span(start, end)
