"""Whether other words than a note's still say what the note says. Standard library only.

Nobody can tell in general whether two sentences mean the same, so what may change is little: a clause is shortened,
its inflection and the form of its figures change, its time moves to the front or back, or it is turned into the passive
without an agent. Every word stays one of one sentence of the note, in its order; a figure stays with its word and its
preposition; and whatever limits the statement (doubt, plan, condition, hearsay, bound, exception, time) stays with it.
What cannot be followed is refused: a person is judged by it, and a quotation is always to be had.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ml.brief.limits import OF_CLAUSE, OF_SENTENCE
from ml.text.folding import fold
from ml.text.names import names
from ml.text.polarity import directions, negations
from ml.text.quantities import quantities
from ml.text.sentences import sentences
from ml.text.words import stem

_CLAUSE = re.compile(r"[,，;；:：。!?！？\n—]|\.(?=\s|$)|\b(?:but|and|so|although|while|which)\b|但是?|而且|所以|虽然")
_WORD = re.compile(r"[㐀-䶿一-鿿]|[^\W_㐀-䶿一-鿿]+(?:'[^\W\d_]+)?")
_IRREGULAR_TEXT = """
told tell sent send held hold kept keep led lead made make took take taken take gave give given give got get went go
gone go came come wrote write written write built build brought bring found find ran run left leave lost lose taught
teach won win met meet saw see seen see spoke speak spoken speak bought buy caught catch chose choose chosen choose
broke break broken break paid pay rose rise risen rise sold sell stood stand fell fall fallen fall grew grow grown grow
knew know known know began begin begun begin drove drive driven drive spent spend felt feel thought think
"""
_FORMS = _IRREGULAR_TEXT.split()
_SMALL_TEXT = """
a an the is are was were be been being am has have had do does did his her their its 的 了 着 地 得
"""
_SMALL = frozenset(_SMALL_TEXT.split())
"""Words that come and go with inflection. All others count, "on" and "off" and 上 and 下 too."""
_IRREGULAR = dict(zip(_FORMS[::2], _FORMS[1::2], strict=True))

_PASSIVE = re.compile(
    r"\b(?:was|were|is|are|been|being|be|got)\s+(?:not\s+|\w+ly\s+)?(?P<verb>\w+(?:ed|en)|told|sent|held|kept|led|made|built|"
    r"brought|found|left|lost|taught|won|met|bought|caught|paid|sold|put|set|cut|hit|run)\b"
)
_ROLES = (
    ("from", re.compile(r"(?:\bfrom|从|由|自)\s*$")),
    ("to", re.compile(r"(?:\bto|\bbetween \S+ and|到|至|为|成|[-~～])\s*$")),
    ("by", re.compile(r"(?:\bby|了)\s*$")),
)
_BETWEEN = re.compile(r"\bbetween \S+ and\b")
_RANGE = re.compile(r"\s*(?:to|or|-|~|～|至|到)\s*[\d一二两三四五六七八九十]")
_TIME_OF_DAY = re.compile(
    r"(?<=日)[晚早](?!上)|晚上|早上|上午|下午|凌晨|中午|傍晚|夜里|当晚"
    r"|\b(?:in the |that )?(?:morning|afternoon|evening|tonight|noon)\b"
)
_PRONOUN = re.compile(r"(?:(?:he|she|they|you)\b|[他她您你](?!们的?))")
_WITH_DATE = re.compile(r"(?:\b(?:on|in|at|within|during)|于|在)\s*(?:the\s*)?$")
_WITH_SPAN = re.compile(r"(?:之|以)?内")
_FRACTION = re.compile(
    r"(?<![一二两三四五六七八九十百\d])[一二两三四五六七八九十百\d]+分之[一二两三四五六七八九十百\d]+|一半|(?<![一二两三四五六七八九十百\d.])[一二两三四五六七八九十百\d.]+倍"
    r"|\b(?:a|one|two|three) (?:half|third|quarter|fifth|tenth)s?\b|\bhalf\b"
)
_YEAR = re.compile(r"^number:((?:19|20)\d\d)$")
_SHARE = re.compile(r"share:|percent:|points:")
_SUBJECT = "<subject>"
_STRANGE = {"Cc", "Cf", "Cn", "Co", "Nl", "No"}
"""Categories of characters that hide or stand for something else: zero width, bidirectional marks, ½, Ⅵ."""


@dataclass(frozen=True, slots=True)
class _Clause:
    words: tuple[str, ...]
    """Content words in order, among them figures by their normal form, limits by their class, and the subject."""
    figures: tuple[tuple[str, str], ...]
    """Normal form and preposition; times of day as they are."""
    limits: Counter[str]
    negations: int
    directions: frozenset[str]
    people: frozenset[str]
    """Names, the subject's own left out."""
    dates: frozenset[str]
    passive: str | None
    """The verb of a passive clause, 被 of a Chinese one."""


def departures(text: str, source: str, subject_names: Sequence[str]) -> list[str]:
    """Where the text leaves what the source says, in words of the text; an empty list when it follows it."""
    strange = {c for c in text if unicodedata.category(c) in _STRANGE} - set(source) - {"\n"}
    if strange:
        return [f"U+{ord(character):04X}" for character in sorted(strange)]
    known = tuple(fold(name) for name in subject_names)
    given = [span.of(source) for span in sentences(source)]
    found: list[str] = []
    for span in sentences(text):
        said = span.of(text)
        tried = [_sentence(said, each, known) for each in given] or [[said]]
        found += sorted(tried, key=len)[0]
    return found


def _sentence(said: str, given: str, known: tuple[str, ...]) -> list[str]:
    """What is wrong with the sentence if that one of the note is what it says."""
    had, has = _governing(given), _governing(said)
    # what came after something may be told without it, what was so before something may not
    found = [name for name in OF_SENTENCE if had[name] != has[name] and not (name == "after" and had[name])]
    absent = tuple(name for name in known if name not in fold(given))
    clauses = _clauses(given, known, ())
    for clause in _clauses(said, known, absent):
        used = _run(clause.words, clauses)
        if not used or (len(used) == 1 and used[0].passive != clause.passive):
            used = _turned(clause, clauses)
        found += _changed(clause, used) if used else [" ".join(clause.words)]
    return found


def _run(words: tuple[str, ...], clauses: Sequence[_Clause]) -> list[_Clause]:
    """The clauses whose beginnings, one behind the other, are the words; none where they are not.

    Words left out at an end do little harm, words left out in the middle join what does not belong together.
    """

    @cache
    def run(start: int, first: int) -> tuple[int, ...]:
        for at in range(first, len(clauses)):
            given = clauses[at].words
            for head in (given, given[1:] if given[0] == _SUBJECT else ()):
                pairs = zip(words[start:], head, strict=False)
                shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
                if shared and start + shared == len(words):
                    return (at,)
                rest = run(start + shared, at + 1) if shared else ()
                if rest:
                    return (at, *rest)
        return ()

    return [clauses[at] for at in run(0, 0)]


def _turned(clause: _Clause, clauses: Sequence[_Clause]) -> list[_Clause]:
    """The clause of which this is the passive, without who did it: what it was done to stood right behind the verb."""
    verb = clause.passive
    for given in clauses:
        if verb is None or given.passive or verb not in clause.words or verb not in given.words:
            continue
        at = clause.words.index(verb)
        turned = (*clause.words[:at], *clause.words[at + 1 :])
        behind = given.words[given.words.index(verb) + 1 :]
        if at and behind[: len(turned)] == turned:
            return [given]
    return []


def _changed(clause: _Clause, used: Sequence[_Clause]) -> Iterable[str]:
    """Limits, negations, directions and shares got or lost, people gone, dates and figures that belong elsewhere."""
    limits = sum((each.limits for each in used), Counter[str]())
    yield from sorted(name for name in limits.keys() | clause.limits.keys() if limits[name] != clause.limits[name])
    if clause.negations != sum(each.negations for each in used):
        yield "not"
    yield from sorted(clause.directions ^ frozenset().union(*(each.directions for each in used)))
    yield from sorted(frozenset().union(*(each.people for each in used)) - clause.people)
    for each in used:
        if each.dates and clause.dates and not any(_same_day(a, b) for a in clause.dates for b in each.dates):
            yield min(clause.dates)
    given = [figure for each in used for figure in each.figures]
    yield from (key for key, role in clause.figures if (key, role) not in given)
    yield from (key for key, _ in given if _SHARE.match(key) and key not in {said for said, _ in clause.figures})


@lru_cache(maxsize=2048)
def _governing(text: str) -> dict[str, bool]:
    folded = fold(text)
    return {name: re.search(pattern, folded) is not None for name, pattern in OF_SENTENCE.items()}


@lru_cache(maxsize=2048)
def _clauses(text: str, known: tuple[str, ...], absent: tuple[str, ...]) -> tuple[_Clause, ...]:
    """The clauses that have a word. `absent`: names of the subject that are not looked for."""
    pieces, start = [], 0
    whole = bytearray(len(text))
    """Marks what no clause ends in: the comma of 1,200 and the colon of 9:30."""
    for begin, end in (
        *((q.start, q.end) for q in quantities(text)),
        *(m.span() for m in _BETWEEN.finditer(fold(text))),
    ):
        whole[begin:end] = b"\x01" * (end - begin)
    for match in _CLAUSE.finditer(fold(text)):
        if whole[match.start()]:
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    pieces.append(text[start:])
    made = [_clause(piece, known, absent, leads=at == 0) for at, piece in enumerate(pieces)]
    return tuple(each for each in made if each.words)


def _clause(text: str, known: tuple[str, ...], absent: tuple[str, ...], *, leads: bool) -> _Clause:
    folded = fold(text)
    taken = bytearray(len(folded))
    ordered: list[tuple[int, str]] = []

    def take(begin: int, end: int) -> bool:
        free = not any(taken[begin:end])
        taken[begin:end] = b"\1" * (end - begin)
        return free

    for name in sorted(known, key=len, reverse=True):
        for match in re.finditer(rf"(?<![a-z]){re.escape(name)}(?!'s|[a-z们])", folded):
            if take(*match.span()) and name not in absent:
                ordered.append((match.start(), _SUBJECT))
    figures = []
    dates = set()
    for match in _TIME_OF_DAY.finditer(folded):
        take(*match.span())
        figures.append((match.group(), ""))
    for begin, end, key in sorted(_figures(text), key=lambda each: (each[0], -each[1])):
        if take(begin, end):
            take(*_around(folded, begin, end, key))
            if key.startswith(("date:", "clock:")):
                dates.add(key.partition(":")[2])
            else:
                figures.append((key, _role(folded, begin, end)))
                ordered.append((begin, key))
    first = next((match.start() for match in _WORD.finditer(folded) if not taken[match.start()]), 0)
    pronoun = _PRONOUN.match(folded, first) if leads else None
    if pronoun and take(*pronoun.span()):
        ordered.append((first, _SUBJECT))
    limits: Counter[str] = Counter()
    for limit, pattern in OF_CLAUSE.items():
        for match in re.finditer(pattern, folded):
            if take(*match.span()) or limit == "ordinal":
                limits[limit] += 1
                ordered.append((match.start(), f"<{limit}>"))
    for pattern in OF_SENTENCE.values():
        for match in re.finditer(pattern, folded):
            take(*match.span())
    denied = negations(text)
    for begin, end in denied:
        take(begin, end)
    ordered += [
        (match.start(), _base(match.group()))
        for match in _WORD.finditer(folded)
        if not any(taken[match.start() : match.end()]) and match.group() not in _SMALL
    ]
    return _Clause(
        tuple(word for _, word in sorted(ordered)),
        tuple(figures),
        limits,
        len(denied),
        frozenset(f"{each.axis} {each.sign:+}" for each in directions(text)),
        frozenset(each for span in names(text) if (each := fold(span.of(text))) not in known),
        frozenset(dates),
        _passive(folded),
    )


def _figures(text: str) -> Iterable[tuple[int, int, str]]:
    for quantity in quantities(text):
        yield quantity.start, quantity.end, _YEAR.sub(r"date:\1-*-*", quantity.key)
    for match in _FRACTION.finditer(fold(text)):
        yield match.start(), match.end(), f"share:{match.group()}"


def _around(text: str, begin: int, end: int, key: str) -> tuple[int, int]:
    """A date or a time span with the small words that go with it: "on 14 June", "within 6 minutes", 12分钟内."""
    before, behind = _WITH_DATE.search(text[:begin]), _WITH_SPAN.match(text, end)
    if not key.startswith(("date:", "clock:", "duration:", "months:")):
        return begin, end
    return before.start() if before else begin, behind.end() if behind else end


def _passive(folded: str) -> str | None:
    if "被" in folded or "受到" in folded:
        return "被"
    match = _PASSIVE.search(folded)
    return _base(match["verb"]) if match else None


def _role(text: str, begin: int, end: int) -> str:
    before = next((name for name, pattern in _ROLES if pattern.search(text[max(0, begin - 24) : begin])), "")
    return before or ("range" if _RANGE.match(text, end) else "")


def _same_day(left: str, right: str) -> bool:
    pairs = list(zip(left.split("-"), right.split("-"), strict=False))
    return all(mine == other or "*" in {mine, other} for mine, other in pairs)


@lru_cache(maxsize=8192)
def _base(word: str) -> str:
    return stem(_IRREGULAR.get(word, word))
