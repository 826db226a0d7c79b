"""The SMART check of a goal's text and of what else is known of the goal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from resolvers.rules.smart import lexicon
from resolvers.rules.smart.contract import Facts, Finding, Ground, Letter, Span, Verdict
from resolvers.rules.smart.quantities import Step, quantities, steps
from resolvers.rules.smart.times import deadlines, rhythms, vague_times

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[A-Za-z][A-Za-z'&+-]*")
_STOP_ZH = re.compile(
    r"[的了和与及等在对中为把将使其以并或个是有到至从由按于上下内外前后底末年月日周季度天名家次项份这那我们你他她它们本该各每达不]"
)
_HAN_OF_AN_OBJECT = 2
"""Chinese characters that must be left of an object once everything vague is taken away: the shortest nouns."""


def check(text: str, facts: Facts | None = None) -> list[Finding]:
    """A finding for each letter, in their order.

    The text alone is judged where `facts` are missing. Whether a goal can be achieved or matters cannot be known from
    words; what is looked for is whether the text gives a reader the means to judge: a baseline, a way, a purpose.
    """
    known = facts or Facts()
    due = deadlines(text)
    figures = quantities(text, due)
    told = steps(text)
    return [
        _specific(text, due, figures, known),
        _measurable(text, figures, known),
        _achievable(text, figures, told, known),
        _relevant(_blanked(text, due), known),
        _time_bound(text, due, known),
    ]


def _specific(text: str, due: Sequence[Span], figures: Sequence[Span], known: Facts) -> Finding:
    action = lexicon.ACTIONS_ZH.search(text) or lexicon.ACTIONS_EN.search(text)
    rest = _blanked(text, [*due, *figures])
    concrete = _object_of(rest, 1 if figures else _HAN_OF_AN_OBJECT)
    vague = _vague_word(text)
    where = Span(action.start(), action.end()) if action else None
    if concrete is not None:
        if action or figures or known.has_target:
            ground = Ground.ACTION_AND_OBJECT if action else Ground.FIGURE_AND_OBJECT
            start = min(action.start(), concrete.start) if action else concrete.start
            end = max(action.end(), concrete.end) if action else concrete.end
            return Finding(Letter.SPECIFIC, Verdict.MET, ground, Span(start, end))
        return Finding(Letter.SPECIFIC, Verdict.WEAK, Ground.NO_ACTION, concrete)
    if vague is not None:
        verdict = Verdict.WEAK if figures else Verdict.MISSING
        return Finding(Letter.SPECIFIC, verdict, Ground.VAGUE_OBJECT, vague)
    return Finding(Letter.SPECIFIC, Verdict.MISSING, Ground.NO_OBJECT, where)


def _measurable(text: str, figures: Sequence[Span], known: Facts) -> Finding:
    if known.has_target:
        return Finding(Letter.MEASURABLE, Verdict.MET, Ground.MEASURES, figures[0] if figures else None)
    if figures:
        return Finding(Letter.MEASURABLE, Verdict.MET, Ground.QUANTITY, figures[0])
    if milestone := lexicon.MILESTONES.search(text):
        return Finding(Letter.MEASURABLE, Verdict.WEAK, Ground.MILESTONE, Span(*milestone.span()))
    if degree := lexicon.DEGREES.search(text):
        return Finding(Letter.MEASURABLE, Verdict.MISSING, Ground.VAGUE_DEGREE, Span(*degree.span()))
    return Finding(Letter.MEASURABLE, Verdict.MISSING, Ground.NO_QUANTITY)


def _achievable(text: str, figures: Sequence[Span], told: Sequence[Step], known: Facts) -> Finding:
    if extreme := lexicon.EXTREMES.search(text):
        return Finding(Letter.ACHIEVABLE, Verdict.WEAK, Ground.EXTREME, Span(*extreme.span()))
    leap = next((step for step in told if step.leap), None)
    if leap is not None or known.leap:
        return Finding(Letter.ACHIEVABLE, Verdict.WEAK, Ground.LEAP, leap.span if leap else None)
    if told or known.has_start:
        return Finding(Letter.ACHIEVABLE, Verdict.MET, Ground.BASELINE, told[0].span if told else None)
    if baseline := lexicon.BASELINES.search(text):
        return Finding(Letter.ACHIEVABLE, Verdict.MET, Ground.BASELINE, Span(*baseline.span()))
    if means := lexicon.MEANS.search(text):
        return Finding(Letter.ACHIEVABLE, Verdict.MET, Ground.MEANS, Span(*means.span()))
    if figures or known.has_target:
        return Finding(Letter.ACHIEVABLE, Verdict.WEAK, Ground.NO_BASELINE, figures[0] if figures else None)
    return Finding(Letter.ACHIEVABLE, Verdict.MISSING, Ground.NOTHING_TO_JUDGE)


def _relevant(text: str, known: Facts) -> Finding:
    if known.aligned:
        return Finding(Letter.RELEVANT, Verdict.MET, Ground.ALIGNED)
    if purpose := lexicon.PURPOSES.search(text):
        return Finding(Letter.RELEVANT, Verdict.MET, Ground.PURPOSE, Span(*purpose.span()))
    if outcome := lexicon.OUTCOMES.search(text):
        return Finding(Letter.RELEVANT, Verdict.MET, Ground.OUTCOME, Span(*outcome.span()))
    return Finding(Letter.RELEVANT, Verdict.MISSING, Ground.NO_PURPOSE)


def _time_bound(text: str, due: Sequence[Span], known: Facts) -> Finding:
    if due:
        return Finding(Letter.TIME_BOUND, Verdict.MET, Ground.DEADLINE, due[-1])
    if known.ends_on is not None:
        return Finding(Letter.TIME_BOUND, Verdict.MET, Ground.CYCLE)
    if vague := vague_times(text):
        return Finding(Letter.TIME_BOUND, Verdict.MISSING, Ground.VAGUE_TIME, vague[0])
    if often := rhythms(text):
        return Finding(Letter.TIME_BOUND, Verdict.WEAK, Ground.FREQUENCY, often[0])
    return Finding(Letter.TIME_BOUND, Verdict.MISSING, Ground.NO_TIME)


def _object_of(text: str, enough_han: int) -> Span | None:
    """Where something concrete is named, once the action, vague words and small words are taken away."""
    bare = text
    for pattern in (lexicon.ACTIONS_ZH, lexicon.VAGUE_OBJECTS_ZH, lexicon.DEGREES, _STOP_ZH):
        bare = pattern.sub(lambda match: " " * len(match.group()), bare)
    han = [match.start() for match in _HAN.finditer(bare)]
    if len(han) >= enough_han:
        return Span(han[0], han[-1] + 1)
    action = lexicon.ACTIONS_EN.search(bare)
    words = [
        match
        for match in _WORDS.finditer(bare)
        if len(match.group()) > 1
        and match.group().lower() not in lexicon.VAGUE_OBJECTS_EN
        and (action is None or match.start() != action.start())
    ]
    return Span(words[0].start(), words[-1].end()) if words else None


def _vague_word(text: str) -> Span | None:
    if vague := lexicon.VAGUE_OBJECTS_ZH.search(text):
        return Span(*vague.span())
    for match in _WORDS.finditer(text):
        if len(match.group()) > 3 and match.group().lower() in lexicon.VAGUE_OBJECTS_EN:
            return Span(*match.span())
    return None


def _blanked(text: str, spans: Sequence[Span]) -> str:
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = " " * (span.end - span.start)
    return "".join(characters)
