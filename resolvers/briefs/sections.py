"""The sections that are put together by rule, without any model: results, disagreements, changes, growth, gaps.

Figures stand in them exactly as recorded; words of people stand in quotation marks, verbatim.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal

from db.models.briefs import BriefSection, EvidenceSource, Voice
from ml.assist.assist import assist
from ml.text.sentences import sentences
from resolvers.briefs.contract import Citation, Gap, Item, Written
from resolvers.briefs.sources.check_ins import NEXT_STEP, SUPPORT
from resolvers.briefs.sources.measures import EARLIER

Numbered = Sequence[tuple[int, Item]]
"""Items with their positions from 1."""

REACHED = Decimal(1)
FAR_BEHIND = Decimal("0.7")
"""A result below this is held against praise for the same goal: the usual OKR mark of "not reached"."""
MOST_QUOTES = 6
"""Sentences in disagreements and in growth, each."""
LONGEST = 160
"""Characters of a quotation; a longer sentence is left to its evidence."""
RULE = ("composed",)
"""Stands for the eight checks where a sentence was put together by rule from recorded figures and whole quotations."""

_VOICES = {
    Voice.PEER: ("同事写道", "a colleague writes"),
    Voice.MANAGER: ("上级写道", "a manager writes"),
    Voice.CUSTOMER: ("客户原话", "a customer writes"),
    Voice.SELF: ("本人写道", "the person writes"),
    Voice.SYSTEM: ("系统记录", "the system records"),
}


def by_rule(items: Numbered, language: str) -> list[Written]:
    """All sentences that need no engine, section by section."""
    return [*_results(items), *_disagreements(items, language), *_changes(items, language), *_growth(items)]


def _whole(at: int, item: Item) -> Citation:
    return Citation(at, 0, len(item.text))


def _measures(items: Numbered, part: str = "") -> list[tuple[int, Item]]:
    return [(at, item) for at, item in items if item.source is EvidenceSource.MEASURE and item.part == part]


def _results(items: Numbered) -> list[Written]:
    shown = [*_measures(items), *((at, item) for at, item in items if item.source is EvidenceSource.DELIVERABLE)]
    return [Written(BriefSection.RESULTS, item.text, (_whole(at, item),), checks=RULE) for at, item in shown]


def _quotes(at: int, item: Item, wanted: Callable[[str], bool]) -> list[Citation]:
    """The sentences of an item that are wanted, short enough to quote."""
    spans = [span for span in sentences(item.text) if len(span.of(item.text)) <= LONGEST]
    return [Citation(at, span.start, span.end) for span in spans if wanted(span.of(item.text))]


def _says(lean: str) -> Callable[[str], bool]:
    """Whether a sentence is a strength or a concern, and says something."""

    def judge(text: str) -> bool:
        found = assist(text)
        return found.sentiment == lean and not found.empty_praise

    return judge


def _disagreements(items: Numbered, language: str) -> list[Written]:
    """A reached target beside concerns about the same goal or by customers; a missed one beside praise for the goal.

    F33: result data and process evidence side by side ("over target three months, complaints rising").
    """
    concern, praise = _says("concern"), _says("strength")
    opinions = [(at, item) for at, item in items if not item.is_data]
    found = []
    for at, measure in _measures(items):
        if measure.progress is None:
            continue
        if measure.progress >= REACHED:
            near = [pair for pair in opinions if pair[1].goal_id == measure.goal_id or pair[1].voice is Voice.CUSTOMER]
            against = [(item, cited) for n, item in near for cited in _quotes(n, item, concern)]
        elif measure.progress < FAR_BEHIND:
            others = [pair for pair in opinions if pair[1].voice in {Voice.PEER, Voice.MANAGER, Voice.CUSTOMER}]
            near = [pair for pair in others if pair[1].goal_id == measure.goal_id]
            against = [(item, cited) for n, item in near for cited in _quotes(n, item, praise)]
        else:
            continue
        for item, cited in against[:2]:
            found.append(_against(at, measure, item, cited, language))
    return found[:MOST_QUOTES]


def _against(at: int, measure: Item, item: Item, cited: Citation, language: str) -> Written:
    words = item.text[cited.start : cited.end].strip()
    if language == "zh":
        text = f"结果数据——{measure.text}；过程证据——{_VOICES[item.voice][0]}：「{words}」"
    else:
        text = f"Result data: {measure.text}; process evidence: {_VOICES[item.voice][1]} 「{words}」"
    people = len({item.author_id} - {None})
    return Written(
        BriefSection.DISAGREEMENTS, text, (_whole(at, measure), cited), True, notes=2, of=2, people=people, checks=RULE
    )


def _changes(items: Numbered, language: str) -> list[Written]:
    """Measures of the same name in the cycle before and in this one."""
    before = {_name(item): (at, item) for at, item in _measures(items, EARLIER)}
    found = []
    for at, now in _measures(items):
        if now.progress is None or _name(now) not in before:
            continue
        earlier_at, earlier = before[_name(now)]
        if earlier.progress is None:
            continue
        if language == "zh":
            text = f"上一周期——{earlier.text}；本周期——{now.text}"
        else:
            text = f"Last cycle: {earlier.text}; this cycle: {now.text}"
        cited = (_whole(earlier_at, earlier), _whole(at, now))
        found.append(Written(BriefSection.CHANGES, text, cited, notes=2, of=2, checks=RULE))
    return found


def _name(item: Item) -> str:
    """What a measure is called in its words: all up to the figures."""
    return item.text.partition("”")[0].strip("“ ").casefold()


def _growth(items: Numbered) -> list[Written]:
    """The latest next step and wish for support of each goal, as written."""
    wanted = [(at, item) for at, item in items if item.part in {NEXT_STEP, SUPPORT}]
    latest = {(item.goal_id, item.part): (at, item) for at, item in wanted}
    return [
        Written(
            BriefSection.GROWTH,
            item.text.strip(),
            (_whole(at, item),),
            people=len({item.author_id} - {None}),
            checks=RULE,
        )
        for at, item in itertools.islice(latest.values(), MOST_QUOTES)
        if len(item.text) <= 2 * LONGEST
    ]


def gaps(items: Numbered, excluded: int) -> list[Gap]:
    """What is thin or missing."""
    found = []
    measures = _measures(items)
    lacking = sum(item.progress is None for _, item in measures)
    voices = {item.voice for _, item in items}
    if not measures:
        found.append(Gap("NO_MEASURES"))
    elif lacking:
        found.append(Gap("MEASURES_WITHOUT_DATA", {"count": lacking, "of": len(measures)}))
    for voice, code in (
        (Voice.PEER, "NO_PEER_VOICE"),
        (Voice.MANAGER, "NO_MANAGER_VOICE"),
        (Voice.CUSTOMER, "NO_CUSTOMER_VOICE"),
        (Voice.SELF, "NO_SELF_VIEW"),
    ):
        if voice not in voices:
            found.append(Gap(code))
    if not _measures(items, EARLIER):
        found.append(Gap("NO_EARLIER_FIGURES"))
    if excluded:
        found.append(Gap("EVIDENCE_EXCLUDED", {"count": excluded}))
    return found
