"""What the linear models see of a segment and of a note: word lists, forms and positions, and grams."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml.assist.grams import bucket, grams, short_grams, turned_grams
from ml.assist.lexicon import chinese, english
from ml.assist.measures import measure_sign
from ml.assist.patterns import CONTRAST, PATTERNS
from ml.assist.subjects import EN_WORD, SUBJECTS, ZH_ACTION, english_verb, longest_first, subject_of
from ml.assist.valence import valence
from ml.text.folding import Language
from ml.text.names import names
from ml.text.polarity import directions, negations
from ml.text.quantities import Kind, Quantity, quantities
from ml.text.sentences import Span
from ml.text.words import STOP_WORDS

Vector = NDArray[np.float32]


class Sparse(NamedTuple):
    """One line of features: the places that are not nothing, ascending, and their values."""

    places: NDArray[np.int64]
    values: Vector


OWN_SCALE, NEAR_SCALE, NOTE_SCALE = 0.4, 0.3, 0.35
"""What a gram of the segment, of its neighbour, of the note counts against a word list or form. Chosen by
cross-validation."""

_MOVED = 2.0
"""What it counts that a measure moved: the rules of `measures.py` are surer than any gram."""

_HEADING_END = re.compile(r"\s?[:：]|\s[-–—]+\s")
"""What ends a heading: "Night shift: …"."""
_SHORT = {"zh": 8, "en": 32}
"""Characters of a phrase that can be an occasion without saying anything of it."""

_ZH_GENERIC = longest_first(chinese.GENERIC)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one segment shows, counted once and used by the models, the empty check and the explanation."""

    text: str
    span: Span
    actions: int
    action_first: bool
    positive: int
    negative: int
    undone: int
    """Negations that meet neither praise nor harm: things not done."""
    well_done: int
    badly_done: int
    """Of the positive and negative words those for somebody's way of working."""
    generic: int
    content: tuple[str, ...]
    """Words, or for Chinese stretches of characters, that are not generic."""
    quantities: tuple[Quantity, ...]
    names: int
    negated: bool
    metric_sign: int
    """+1 when a measure moved the good way, -1 the bad way, 0 when none is seen to move."""
    flags: tuple[str, ...]
    subject: str


def _english_counts(folded: str) -> tuple[int, bool, int, tuple[str, ...]]:
    words = EN_WORD.findall(folded)
    actions = sum(1 for word in words if english_verb(word))
    first = next((word for word in words if word not in STOP_WORDS or word in english.IRREGULAR), "")
    past = first.endswith("ed") and len(first) > 4
    content = tuple(
        word
        for word in words
        if word not in english.GENERIC and word not in STOP_WORDS and "'" not in word[:-1] and len(word) > 1
    )
    return actions, english_verb(first) or past, len(words) - len(content), content


def _chinese_counts(folded: str) -> tuple[int, bool, int, tuple[str, ...]]:
    generic, content, at = 0, [], 0
    for match in _ZH_GENERIC.finditer(folded):
        rest = re.sub(r"[^\w]|_", "", folded[at : match.start()])
        if rest:
            content.append(rest)
        generic += len(match.group())
        at = match.end()
    rest = re.sub(r"[^\w]|_", "", folded[at:])
    if rest:
        content.append(rest)
    actions = [
        match
        for match in ZH_ACTION.finditer(folded)
        if len(match.group()) > 1 or match.group() in "发送写改修查教画讲换拿找贴装签"
    ]
    return len(actions), bool(actions) and actions[0].start() < 6, generic, tuple(content)


def facts(text: str, folded: str, span: Span, language: Language) -> Facts:
    """Count what the segment at `span` shows; `folded` is the whole note folded."""
    part = folded[span.start : span.end]
    people = names(text[span.start : span.end])
    bare = part
    for name in people:
        # a name is nothing that could be checked: "Irina is a fantastic engineer" is as empty as without it
        bare = bare[: name.start] + " " * (name.end - name.start) + bare[name.end :]
    counts = _chinese_counts(bare) if language == "zh" else _english_counts(bare)
    actions, action_first, generic, content = counts
    weighed = valence(part, language)
    patterns = PATTERNS[language]
    found = tuple(quantities(part))
    flags = [
        name
        for name in (
            "event",
            "time",
            "affected",
            "lower",
            "higher",
            "from_to",
            "trait",
            "aspect",
            "lead_end",
            "result_clause",
        )
        if patterns[name].search(part)
    ]
    flags += [
        f"{name}_start" for name in ("impact", "cause", "lead", "subject", "affected") if patterns[name].match(part)
    ]
    if any(quantity.kind in {Kind.DATE, Kind.CLOCK} for quantity in found):
        flags.append("dated")
    moved = directions(part)
    flags += [f"{direction.axis}{'+' if direction.sign > 0 else '-'}" for direction in moved]
    metric_sign = measure_sign(part, found, language)
    if metric_sign:
        # "complaints fell", "the on-time rate fell": the words of the measure must not count for the other side
        good, bad = weighed.good, weighed.bad
        weighed = weighed._replace(
            good=good + 2 if metric_sign > 0 else 0, bad=bad + 2 if metric_sign < 0 else 0, undone=0
        )
        against = "-" if metric_sign > 0 else "+"
        flags = [flag for flag in flags if not flag.endswith(against) or flag.startswith("change")]
    person = bool(people)
    if person:
        flags.append("named")
    if _HEADING_END.match(folded, span.end):
        flags.append("heading")
    if actions == 0 and not weighed.undone and len(part) <= _SHORT[language]:
        flags.append("short_phrase")
    return Facts(
        part,
        span,
        actions,
        action_first,
        weighed.good,
        weighed.bad,
        weighed.undone,
        weighed.well_done,
        weighed.badly_done,
        generic,
        content,
        found,
        int(person),
        bool(negations(part)),
        metric_sign,
        tuple(dict.fromkeys(flags)),
        subject_of(part, action_first, person, language),
    )


def sentence_facts(text: str, folded: str, row: list[Span], language: Language) -> list[Facts]:
    """The facts of the segments of one sentence, each aware of a measure whose words stand in several of them."""
    found = [facts(text, folded, span, language) for span in row]
    said = {fact.metric_sign for fact in found if fact.metric_sign}
    if len(found) < 2 or len(said) > 1 or not any(fact.quantities for fact in found):
        return found
    sentence = folded[row[0].start : row[-1].end]
    sign = said.pop() if said else measure_sign(sentence, quantities(sentence), language)
    if sign == 0:
        return found
    named = [index for index, fact in enumerate(found) if not {"lower", "higher"}.isdisjoint(fact.flags)]
    if not named and not any(fact.metric_sign for fact in found):
        named = [index for index, fact in enumerate(found) if fact.quantities][:1]
    for index in named:
        fact = found[index]
        good, bad = (max(2, fact.positive), 0) if sign > 0 else (0, max(2, fact.negative))
        found[index] = replace(fact, metric_sign=sign, positive=good, negative=bad, undone=0)
    return found


SEGMENT_FLAGS = (
    "event",
    "time",
    "affected",
    "lower",
    "higher",
    "from_to",
    "trait",
    "aspect",
    "lead_end",
    "impact_start",
    "cause_start",
    "lead_start",
    "subject_start",
    "affected_start",
    "dated",
    "named",
    "time+",
    "time-",
    "change+",
    "change-",
    "success+",
    "success-",
    "correct+",
    "correct-",
    "mood+",
    "mood-",
    "consent+",
    "consent-",
    "speed+",
    "speed-",
    "presence-",
    "opening-",
    "heading",
    "short_phrase",
    "result_clause",
)
_FLAG_INDEX = {name: index for index, name in enumerate(SEGMENT_FLAGS)}
_OWN = len(SEGMENT_FLAGS) + 29
_NEIGHBOUR = ("impact_start", "cause_start", "lead_start", "subject_start", "dated", "event", "affected_start")
SEGMENT_WIDTH = _OWN + 2 * len(_NEIGHBOUR) + 4 + 3 * len(SUBJECTS) + 4


def _own_features(fact: Facts, place: int) -> list[float]:
    row = [0.0] * len(SEGMENT_FLAGS)
    for flag in fact.flags:
        index = _FLAG_INDEX.get(flag)
        if index is not None:
            row[index] = 1.0
    has = set(fact.flags)
    numbers = sum(1 for quantity in fact.quantities if quantity.kind not in {Kind.DATE, Kind.CLOCK})
    generic_share = fact.generic / (fact.generic + sum(map(len, fact.content)) / (2 if fact.content else 1) + 1)
    when = bool(has & {"event", "time", "dated", "lead_end"})
    person = bool(has & {"subject_start", "named"})
    row += [
        min(fact.actions, 3) / 2,
        float(fact.action_first),
        float(fact.actions == 0),
        min(fact.positive, 3) / 2,
        min(fact.negative, 3) / 2,
        generic_share,
        min(len(fact.content), 5) / 3,
        float(not fact.content),
        min(numbers, 3) / 2,
        float(fact.negated),
        min(fact.undone, 2) / 2,
        float(fact.positive > 0 and fact.negative == 0),
        float(fact.negative > 0 and not person),
        float(fact.positive > 0 and not person and not fact.action_first),
        float(place > 0 and not person and not fact.action_first),
        float(place > 0 and not person and fact.actions == 0),
        float(place > 0 and (fact.negative > 0 or fact.undone > 0) and not person),
        float("lead_start" in has and when),
        float("lead_start" in has and when and not fact.action_first),
        float("lead_start" in has and person),
        float(when and not person),
        float(person and fact.actions > 0),
        float(fact.action_first and not when),
        float("affected_start" in has and not person),
        float("impact_start" in has and fact.actions > 0),
        float(bool(has & {"lower", "higher"}) and bool(has & {"change+", "change-", "from_to"})),
        _MOVED * (fact.metric_sign > 0),
        _MOVED * (fact.metric_sign < 0),
        min(len(fact.text), 80) / 40,
    ]
    return row


def _sparse(own: list[float], weighted: dict[int, float]) -> Sparse:
    """Own features first, grams behind them."""
    width = len(own)
    dense = [(place, value) for place, value in enumerate(own) if value]
    lines = [*dense, *((width + place, value) for place, value in sorted(weighted.items()))]
    return Sparse(
        np.fromiter((place for place, _ in lines), np.int64, len(lines)),
        np.fromiter((value for _, value in lines), np.float32, len(lines)),
    )


def _weigh(weighted: dict[int, float], found: Iterable[str], mark: str, scale: float) -> None:
    for gram in found:
        weighted[bucket(mark + gram)] = scale


def segment_features(rows: list[list[Facts]], language: Language) -> list[Sparse]:
    """One line a segment of the note, sentence by sentence: its own features, its neighbours' and its place."""
    flat = [(fact, i, len(sentence)) for sentence in rows for i, fact in enumerate(sentence)]
    out = []
    for line, (fact, place, of) in enumerate(flat):
        before = flat[line - 1][0] if line else None
        after = flat[line + 1][0] if line + 1 < len(flat) else None
        row = _own_features(fact, place)
        for near in (before, after):
            flags = set(near.flags) if near else set()
            row += [float(name in flags) for name in _NEIGHBOUR]
        row += [float(line == 0), float(after is None), float(place == 0), float(of == 1)]
        row += _subject_features(fact, before, after)
        weighted: dict[int, float] = {}
        for near, mark in ((before, "<"), (after, ">")):
            _weigh(weighted, short_grams(near.text, language) if near else ("",), mark, NEAR_SCALE)
        _weigh(weighted, grams(fact.text, language), "", OWN_SCALE)
        out.append(_sparse(row, weighted))
    return out


def _subject_features(fact: Facts, before: Facts | None, after: Facts | None) -> list[float]:
    """The subjects of a segment and of its neighbours, and whether the subject changes."""
    row = [float(fact.subject == name) for name in SUBJECTS]
    row += [float(before is not None and before.subject == name) for name in SUBJECTS]
    row += [float(after is not None and after.subject == name) for name in SUBJECTS]
    acted = (
        before is not None and before.subject in {"none", "you", "third"} and (before.actions > 0 or before.undone > 0)
    )
    changed = before is not None and fact.subject not in {"none", before.subject}
    row += [
        float(changed),
        float(changed and acted),
        float(acted and fact.subject in {"first", "other", "this"}),
        float(after is not None and "cause_start" in after.flags and fact.subject in {"first", "other"}),
    ]
    return row


NOTE_WIDTH = 63
_TOLD, _TOLD_FROM = ("s:", "b:", "i:"), 0.3
"""The words of a segment are also counted by the part that it most likely tells."""


def note_features(rows: list[list[Facts]], parts: Vector, folded: str, language: Language, cautioned: int) -> Sparse:
    """One line for the whole note, of at least one segment; `parts` holds the probability of situation, behaviour and
    impact a segment.

    `cautioned` is the number of places that the wording check would have looked at again.
    """
    flat = [fact for sentence in rows for fact in sentence]
    has = {flag for fact in flat for flag in fact.flags}
    content = [word for fact in flat for word in fact.content]
    generic = sum(fact.generic for fact in flat)
    weight = sum(map(len, content)) if language == "zh" else len(content)
    positive = sum(fact.positive for fact in flat)
    negative = sum(fact.negative for fact in flat)
    well_done = sum(fact.well_done for fact in flat)
    badly_done = sum(fact.badly_done for fact in flat)
    contrast = CONTRAST[language].search(folded) is not None
    numbers = sum(1 for fact in flat for q in fact.quantities if q.kind not in {Kind.DATE, Kind.CLOCK})
    undone = sum(fact.undone for fact in flat)
    first, last = flat[0], flat[-1]
    balance = [fact.positive - fact.negative - fact.undone for fact in flat]
    middle = max(1, len(flat) // 2)
    before, after = sum(balance[:middle]), sum(balance[middle:])
    most = parts.max(axis=0)
    acts = parts[:, 1:].max(axis=1)
    concrete = [fact for fact, weight_of in zip(flat, acts, strict=True) if weight_of > 0.5]
    own = [
        float(most[0]),
        float(most[1]),
        float(most[2]),
        float(max(most[1], most[2])),
        min(weight, 10) / 5,
        float(weight == 0),
        float(weight <= (2 if language == "zh" else 1)),
        generic / (generic + weight + 1),
        min(numbers, 3) / 2,
        float("dated" in has),
        float("named" in has),
        float(any(f.actions for f in flat)),
        float(any(f.action_first for f in flat)),
        float("from_to" in has),
        min(len(flat), 6) / 3,
        min(len(folded), 120) / 60,
        min(positive, 5) / 3,
        min(negative, 5) / 3,
        float(positive > 0),
        float(negative > 0),
        float(positive > negative),
        float(negative > positive),
        float(positive == 0 and negative == 0),
        float(contrast),
        float(contrast and positive > 0 and negative > 0),
        float(any(f.negated for f in flat)),
        _MOVED * any(f.metric_sign > 0 for f in flat),
        _MOVED * any(f.metric_sign < 0 for f in flat),
        _MOVED * (any(f.metric_sign > 0 for f in flat) and negative == 0 and undone == 0),
        _MOVED * (any(f.metric_sign < 0 for f in flat) and positive == 0),
        float(bool(has & {"time+", "correct+", "success+", "mood+"})),
        float(bool(has & {"time-", "correct-", "success-", "mood-", "consent-", "presence-"})),
        float("time-" in has),
        float("mood-" in has),
        float("success-" in has),
        float("correct-" in has),
        float(flat[-1].positive > 0),
        float(flat[-1].negative > 0),
        min(sum(f.positive for f in concrete), 3) / 2,
        min(sum(f.negative for f in concrete), 3) / 2,
        float("trait" in has),
        float(folded.rstrip().endswith(("?", "？"))),
        min(undone, 3) / 2,
        float(undone > 0 and positive == 0),
        float(undone > 0 and negative > 0),
        float(last.undone > 0),
        max(-3, min(3, positive - negative)) / 2,
        max(-3, min(3, positive - negative - undone)) / 2,
        max(-2, min(2, last.positive - last.negative - last.undone)) / 2,
        max(-2, min(2, first.positive - first.negative - first.undone)) / 2,
        float(contrast and after != before and (after < 0 < before or before < 0 < after)),
        float(max(balance) > 0 > min(balance)),
        float(min(balance) >= 0 < max(balance)),
        float(max(balance) <= 0 > min(balance)),
        min(well_done, 3) / 2,
        min(badly_done, 3) / 2,
        float(well_done > 0 and badly_done == 0),
        float(badly_done > 0 and well_done == 0),
        float(well_done > 0 and badly_done > 0),
        float(well_done == 0 and badly_done == 0),
        float(cautioned > 0),
        float(cautioned > 0 and positive == 0),
        float(cautioned > 0 and content == []),
    ]
    weighted: dict[int, float] = {}
    for fact, said in zip(flat, parts, strict=True):
        mark = _TOLD[int(said.argmax())] if said.max() > _TOLD_FROM else "n:"
        _weigh(weighted, short_grams(fact.text, language), mark, NEAR_SCALE)
    _weigh(weighted, grams(folded, language), "", NOTE_SCALE)
    for gram, sign in turned_grams(folded, language).items():
        weighted[bucket("~" + gram)] = NOTE_SCALE * sign
    return _sparse(own, weighted)
