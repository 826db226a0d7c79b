"""Help in writing one note: `assist(text)` says what it holds, what it lacks and what to be careful of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.assist.cautions import cautions, judgements
from ml.assist.contract import Assist, Caution, Part, Quote, Sentiment, Tag
from ml.assist.features import Facts, Vector, note_features, segment_features, sentence_facts
from ml.assist.measures import measure_sign
from ml.assist.model import PARTS, Model, load, told_parts
from ml.assist.questions import questions
from ml.assist.segments import segments
from ml.assist.tags import DEFAULT_TAGS, suggest_tags
from ml.text.folding import Language, fold, language_of
from ml.text.quantities import quantities
from ml.text.sentences import Span

LONGEST = 4000
"""Characters of a note that are looked at; the rest is ignored, so that one paste cannot hold the API up."""
_SURE = 0.5
"""A segment from this probability on belongs to the quotation of a part."""
CLEAR = 0.1
"""Strength and concern that are nearer to each other are not told apart: of such notes by writers whom the model had
not seen it took the right side hardly oftener than a coin."""
_RULED = 0.9
"""How likely a note that is nothing but a measure leans the way that `measures.py` says the measure moved."""

_MACHINE = re.compile(
    r"(?=.*(?:文本|语义|情感|情绪|语气|语调|倾向|判断|判定|识别))(?:文本|文字|语义|情感|情绪|语气|语调|系统|模型|算法|分析|检测|"
    r"识别|判断|判定|整体|倾向|得分|分值|极性|指数|呈|偏|其|为|是|较|正[面向]|负[面向]|中性|积极|消极|良好|健康|稳定|平稳|正常|"
    r"[强高低]|沟通|协作|意愿|状态|[\d.%分,，。:：\s])+"
    r"|(?:overall |the )*(?:sentiment|tone|emotion|polarity|mood|affect)(?: (?:score|index|polarity|level|label))?\s?"
    r"(?:[:=]|is|leans)?\s?(?:[\d.%/]+|(?:very |slightly )?(?:positive|negative|neutral|calm|stable|good))[.\s]*"
)
"""A note that is nothing but a machine's reading of a text: the models know its words, not that it says no more."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The models' view of a text: facts of each segment and the probabilities that follow from them."""

    language: Language
    folded: str
    rows: list[list[Facts]]
    parts: Vector
    """segments × (situation, behaviour, impact)"""
    cautions: tuple[Caution, ...]
    empty: float
    strength: float
    concern: float
    present: tuple[bool, ...]
    """whether situation, behaviour, impact are told at all"""
    model: Model

    @property
    def is_empty(self) -> bool:
        return self.empty >= self.model.thresholds["empty"] or _MACHINE.fullmatch(self.folded) is not None

    @property
    def sentiment(self) -> Sentiment:
        """Both sides when both are likely; else the likelier one; none when neither is in sight or they are too close
        to tell: a side that is guessed wrong does more harm than none."""
        strength, concern = self.strength, self.concern
        if min(strength, concern) >= self.model.thresholds["mixed"]:
            return "mixed"
        if max(strength, concern) < self.model.thresholds["none"] or abs(strength - concern) < CLEAR:
            return "none"
        return "strength" if strength >= concern else "concern"


def analyse(text: str, language: Language | None = None) -> Analysis:
    """Run the models over a text of any length up to `LONGEST` characters; an empty text is empty and neutral."""
    text = text[:LONGEST]
    spoken = language or language_of(text)
    model = load(spoken)
    folded = fold(text)
    rows = [sentence_facts(text, folded, row, spoken) for row in segments(text, spoken)]
    found = cautions(text, folded)
    if not rows:
        nothing = np.zeros((0, len(PARTS)), np.float32)
        return Analysis(spoken, folded, rows, nothing, found, 1.0, 0.0, 0.0, (False,) * len(PARTS), model)
    parts = model.part_probabilities(segment_features(rows, spoken))
    heads = model.note_probabilities(note_features(rows, parts, folded, spoken, judgements(found)))
    empty, strength, concern = map(float, heads[:3])
    told = told_parts(heads, parts)
    present = tuple(bool(told[k] >= model.thresholds[name]) for k, name in enumerate(PARTS))
    if not present[1] and (moved := _moved(rows, folded, spoken)):
        strength, concern = (_RULED, 1 - _RULED) if moved > 0 else (1 - _RULED, _RULED)
    return Analysis(spoken, folded, rows, parts, found, empty, strength, concern, present, model)


def _moved(rows: list[list[Facts]], folded: str, language: Language) -> int:
    """+1 when the note speaks well or ill of measures alone and all moved the good way, -1 the bad way, else 0."""
    flat = [fact for row in rows for fact in row]
    signs = {fact.metric_sign for fact in flat if fact.metric_sign or fact.positive or fact.negative}
    moved = measure_sign(folded, quantities(folded), language)
    return moved if signs == {moved} else 0


def _quote(text: str, analysis: Analysis, part: int) -> Quote | None:
    """The run of neighbouring segments that together say the part most surely."""
    if not analysis.present[part]:
        return None
    sure = min(_SURE, float(analysis.parts[:, part].max()))
    best: tuple[float, Span] | None = None
    line = 0
    for row in analysis.rows:
        run, start = 0.0, 0
        for fact in row:
            probability = float(analysis.parts[line, part])
            line += 1
            if probability < sure:
                run = 0.0
                continue
            start = fact.span.start if run == 0.0 else start
            run += probability
            if best is None or run > best[0]:
                best = (run, Span(start, fact.span.end))
    if best is None:
        return None
    return Quote(text[best[1].start : best[1].end], best[1].start, best[1].end)


def assist(text: str, tags: Sequence[Tag] = DEFAULT_TAGS, language: Language | None = None) -> Assist:
    """What a note says and lacks. Deterministic; about a millisecond for a note of usual length.

    `language` is that of the note, found from its characters when None. Quotes are exact substrings of `text`.
    """
    analysis = analyse(text, language)
    found = tuple(_quote(text, analysis, index) for index in range(len(Part)))
    empty = analysis.is_empty
    if empty:
        found = (found[0], None, None)
    missing = tuple(part for part, quote in zip(Part, found, strict=True) if quote is None)
    sentiment = analysis.sentiment
    return Assist(
        language=analysis.language,
        situation=found[0],
        behaviour=found[1],
        impact=found[2],
        missing=missing,
        empty_praise=empty,
        tags=() if empty else suggest_tags(analysis.folded, tags),
        sentiment=sentiment,
        cautions=analysis.cautions,
        questions=questions(missing, sentiment, empty, analysis.language),
    )
